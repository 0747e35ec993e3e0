import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type FormEvent, type KeyboardEvent, useEffect, useId, useState } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { suggestProductsOptions } from '../api/generated/@tanstack/react-query.gen';
import { useText } from '../i18n/language';
import { SearchIcon } from '../ui/icons';
import { useDelayed } from '../ui/use-delayed';

/** Suggests products while the user types: an ARIA combobox, whose list never gets the focus. */
export function SearchBox() {
  const { t } = useText();
  const navigate = useNavigate();
  const listId = useId();
  const { pathname, search } = useLocation();
  const searched = pathname === '/' ? (new URLSearchParams(search).get('search') ?? '') : '';
  const [words, setWords] = useState(searched);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  useEffect(() => setWords(searched), [searched]); // going back and forward changes the box, too

  const typed = useDelayed(words.trim(), 150);
  const { data } = useQuery({
    ...suggestProductsOptions({ query: { search: typed } }),
    enabled: open && typed.length > 1,
    placeholderData: keepPreviousData,
  });
  const suggestions = open && words.trim().length > 1 ? (data?.results ?? []) : [];

  function submit(event: FormEvent) {
    event.preventDefault();
    const chosen = suggestions[active];
    close();
    if (chosen) void navigate(`/products/${chosen.slug}`);
    else void navigate(words.trim() ? `/?search=${encodeURIComponent(words.trim())}` : '/');
  }

  function move(event: KeyboardEvent) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Escape') close();
    if (!step || suggestions.length === 0) return;
    event.preventDefault();
    const positions = suggestions.length + 1; // each suggestion, and the box itself at -1
    setActive(((active + 1 + step + positions) % positions) - 1);
  }

  function close() {
    setOpen(false);
    setActive(-1);
  }

  return (
    <search className="search">
      <form
        onSubmit={submit}
        onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && close()}
      >
        <input
          type="search"
          name="search"
          role="combobox"
          autoComplete="off"
          aria-label={t('search.label')}
          aria-autocomplete="list"
          aria-expanded={suggestions.length > 0}
          aria-controls={listId}
          aria-activedescendant={active >= 0 ? `${listId}-${active}` : undefined}
          placeholder={t('search.placeholder')}
          value={words}
          onChange={(event) => {
            setWords(event.target.value);
            setOpen(true);
            setActive(-1);
          }}
          onKeyDown={move}
        />
        <button type="submit" aria-label={t('search.submit')}>
          <SearchIcon />
        </button>
        <ul id={listId} role="listbox" aria-label={t('search.suggestions')} hidden={suggestions.length === 0}>
          {suggestions.map(({ id, name, slug }, index) => (
            <li
              key={id}
              id={`${listId}-${index}`}
              role="option"
              aria-selected={index === active}
              onPointerDown={(event) => event.preventDefault()} // the focus stays in the box
              onClick={() => {
                close();
                void navigate(`/products/${slug}`);
              }}
            >
              {name}
            </li>
          ))}
        </ul>
        <span className="visually-hidden" role="status">
          {suggestions.length > 0 && t('search.suggestions.count', { count: suggestions.length })}
        </span>
      </form>
    </search>
  );
}
