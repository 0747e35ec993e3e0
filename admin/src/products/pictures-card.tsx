import {
  type Announcements,
  closestCenter,
  DndContext,
  type DragEndEvent,
  type KeyboardCoordinateGetter,
  KeyboardSensor,
  PointerSensor,
  useSensor,
  useSensors,
} from '@dnd-kit/core';
import {
  rectSortingStrategy,
  SortableContext,
  sortableKeyboardCoordinates,
  useSortable,
} from '@dnd-kit/sortable';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type DragEvent, useRef, useState } from 'react';
import { pictureUrl } from '../api/addresses';
import { request } from '../api/client';
import type { Page } from '../api/types';
import { upload } from '../api/upload';
import { useI18n } from '../i18n/translate';
import { IconButton } from '../ui/button';
import { Confirm } from '../ui/confirm';
import { Icon } from '../ui/icon';
import { problemText } from '../ui/problem-text';
import { notify } from '../ui/toasts';

interface Picture {
  id: number;
  alt: string;
  src: string;
}

interface Sending {
  key: number;
  name: string;
  part: number;
  problem?: string;
}

const TYPES = 'image/png,image/jpeg,image/webp,image/avif,image/gif';
let lastKey = 0;

/** The gallery: upload by dropping files, reorder by mouse or keyboard, edit alternative texts, replace, delete. */
export function PicturesCard({ productId }: { productId: number }) {
  const i18n = useI18n();
  const { t } = i18n;
  const queries = useQueryClient();
  const path = `/products/${productId}/images`;
  const gallery = useQuery({ queryKey: [path], queryFn: () => request<Page<Picture>>(path) });
  const pictures = gallery.data?.body.results ?? [];
  const [sendings, setSendings] = useState<Sending[]>([]);

  const refresh = () => queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'record' });
  const change = (key: number, changes: Partial<Sending>) =>
    setSendings((all) => all.map((each) => (each.key === key ? { ...each, ...changes } : each)));

  /** Uploads one after the other, to keep the order of the selection. */
  const add = async (files: File[]) => {
    const queue = files.map((file) => ({ file, key: (lastKey += 1) }));
    setSendings((all) => [...all, ...queue.map(({ file, key }) => ({ key, name: file.name, part: 0 }))]);
    for (const { file, key } of queue) {
      const form = new FormData();
      form.append('image', file);
      try {
        await upload('POST', path, form, (part) => change(key, { part }));
        setSendings((all) => all.filter((each) => each.key !== key));
        await refresh();
      } catch (error) {
        change(key, { problem: problemText(error, i18n) });
      }
    }
  };

  const sort = async (ids: number[]) => {
    const sorted = ids.map((id) => pictures.find((picture) => picture.id === id)!);
    queries.setQueryData([path], { ...gallery.data!, body: { ...gallery.data!.body, results: sorted } });
    try {
      await request(`${path}/order`, { method: 'PUT', body: { ids }, ifMatch: gallery.data!.etag });
    } catch (error) {
      notify(problemText(error, i18n), { kind: 'failed' });
    }
    await refresh();
  };

  return (
    <section className="card" aria-labelledby="pictures">
      <h2 id="pictures">{t('pictures')}</h2>
      <SortablePictures pictures={pictures} path={path} onSorted={sort} onChanged={refresh} />
      <Sendings
        sendings={sendings}
        onDismiss={(key) => setSendings((all) => all.filter((each) => each.key !== key))}
      />
      <DropZone onFiles={(files) => void add(files)} />
    </section>
  );
}

/** The uploads in progress, and the failed ones. */
function Sendings({ sendings, onDismiss }: { sendings: Sending[]; onDismiss: (key: number) => void }) {
  const { t } = useI18n();
  if (sendings.length === 0) return null;
  return (
    <ul className="sendings">
      {sendings.map(({ key, name, part, problem }) => (
        <li key={key} className={problem ? 'sending sending-failed' : 'sending'}>
          <span>{name}</span>
          {problem ? (
            <>
              <span className="field-error" role="alert">
                {problem}
              </span>
              <IconButton
                icon="close"
                label={t('pictures.dismiss', { name })}
                onClick={() => onDismiss(key)}
              />
            </>
          ) : (
            <progress value={part} max={1} aria-label={t('pictures.sending', { name })} />
          )}
        </li>
      ))}
    </ul>
  );
}

/** Takes dropped files, or those that the user selects. */
function DropZone({ onFiles }: { onFiles: (files: File[]) => void }) {
  const { t } = useI18n();
  const [isOver, setOver] = useState(false);
  const chooser = useRef<HTMLInputElement>(null);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    onFiles([...event.dataTransfer.files]);
  };
  return (
    <div
      className={isOver ? 'drop drop-over' : 'drop'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <Icon name="upload" />
      <button type="button" className="button button-plain" onClick={() => chooser.current!.click()}>
        {t('pictures.add')}
      </button>
      <span className="hint">{t('pictures.drop')}</span>
      <input
        ref={chooser}
        type="file"
        accept={TYPES}
        multiple
        hidden
        aria-label={t('pictures.add')}
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
    </div>
  );
}

interface SortableProps {
  pictures: Picture[];
  path: string;
  onSorted: (ids: number[]) => Promise<void>;
  onChanged: () => Promise<void>;
}

function SortablePictures({ pictures, path, onSorted, onChanged }: SortableProps) {
  const { t } = useI18n();
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 6 } }),
    // a smooth scroll would move the picture while the next key is pressed
    useSensor(KeyboardSensor, { coordinateGetter: nextPlace, scrollBehavior: 'auto' }),
  );
  const ids = pictures.map(({ id }) => id);
  const place = (id: string | number) => ids.indexOf(Number(id)) + 1;
  const announcements: Announcements = {
    onDragStart: ({ active }) => t('pictures.lifted', { place: place(active.id) }),
    onDragOver: ({ over }) => (over ? t('pictures.over', { place: place(over.id) }) : undefined),
    onDragEnd: ({ over }) => (over ? t('pictures.put', { place: place(over.id) }) : undefined),
    onDragCancel: () => t('pictures.back'),
  };
  const end = ({ active, over }: DragEndEvent) => {
    if (!over || active.id === over.id) return;
    const others = ids.filter((id) => id !== active.id);
    others.splice(place(over.id) - 1, 0, Number(active.id));
    void onSorted(others);
  };
  return (
    <DndContext
      sensors={sensors}
      collisionDetection={closestCenter}
      onDragEnd={end}
      accessibility={{ announcements, screenReaderInstructions: { draggable: t('pictures.howToSort') } }}
    >
      <SortableContext items={ids} strategy={rectSortingStrategy}>
        <ol className="pictures">
          {pictures.map((picture, index) => (
            <PictureTile
              key={picture.id}
              picture={picture}
              place={index + 1}
              path={path}
              onChanged={onChanged}
            />
          ))}
        </ol>
      </SortableContext>
    </DndContext>
  );
}

const WAYS: Record<string, [x: number, y: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/**
 * A page scrolls by whole pixels, but heights of rows are fractions: after a scroll, a picture of the same row may seem
 * to be a part of a pixel higher. So only a picture that is at least one pixel further counts.
 */
const nextPlace: KeyboardCoordinateGetter = (event, args) => {
  const next = sortableKeyboardCoordinates(event, args);
  const [x, y] = WAYS[event.code] ?? [0, 0];
  const { currentCoordinates: now } = args;
  return next && (next.x - now.x) * x + (next.y - now.y) * y > 1 ? next : undefined;
};

interface TileProps {
  picture: Picture;
  place: number;
  path: string;
  onChanged: () => Promise<void>;
}

function PictureTile({ picture: { id, alt, src }, place, path, onChanged }: TileProps) {
  const i18n = useI18n();
  const { t } = i18n;
  const { attributes, listeners, setNodeRef, setActivatorNodeRef, transform, transition, isDragging } =
    useSortable({ id });
  const [isDeleting, setDeleting] = useState(false);
  const chooser = useRef<HTMLInputElement>(null);
  const name = alt || t('pictures.number', { place });

  const attempt = async (change: () => Promise<unknown>, done: string) => {
    try {
      await change();
      notify(done);
      await onChanged();
    } catch (error) {
      notify(problemText(error, i18n), { kind: 'failed' });
    }
  };
  const describe = (text: string) => {
    if (text.trim() === alt) return;
    void attempt(
      () => request(`${path}/${id}`, { method: 'PATCH', body: { alt: text.trim() } }),
      t('pictures.described'),
    );
  };
  const replace = (file: File) => {
    const form = new FormData();
    form.append('image', file);
    void attempt(() => upload('PUT', `${path}/${id}`, form, () => {}), t('pictures.replaced'));
  };

  return (
    <li
      ref={setNodeRef}
      className={isDragging ? 'picture picture-lifted' : 'picture'}
      style={{
        transform: transform ? `translate(${transform.x}px, ${transform.y}px)` : undefined,
        transition,
      }}
    >
      <img src={pictureUrl(src)} alt={alt} loading="lazy" width={160} height={120} />
      <div className="picture-tools">
        <button
          type="button"
          ref={setActivatorNodeRef}
          className="icon-button"
          {...attributes}
          {...listeners}
          aria-label={t('pictures.move', { name })}
        >
          <Icon name="drag" />
        </button>
        <IconButton
          icon="upload"
          label={t('pictures.replace', { name })}
          onClick={() => chooser.current!.click()}
        />
        <IconButton icon="trash" label={t('pictures.delete', { name })} onClick={() => setDeleting(true)} />
      </div>
      <input
        className="picture-alt"
        aria-label={t('pictures.alt', { place })}
        placeholder={t('pictures.altHint')}
        defaultValue={alt}
        maxLength={500}
        onBlur={(event) => describe(event.target.value)}
        onKeyDown={(event) => event.key === 'Enter' && describe(event.currentTarget.value)}
      />
      <input
        ref={chooser}
        type="file"
        accept={TYPES}
        hidden
        aria-label={t('pictures.replace', { name })}
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          if (file) replace(file);
          event.target.value = '';
        }}
      />
      {isDeleting && (
        <Confirm
          title={t('pictures.delete', { name })}
          action={t('delete')}
          danger
          run={async () => {
            await request(`${path}/${id}`, { method: 'DELETE' });
            notify(t('pictures.deleted'));
            await onChanged();
          }}
          onClose={() => setDeleting(false)}
        >
          <p>{t('pictures.deleteWhy')}</p>
        </Confirm>
      )}
    </li>
  );
}
