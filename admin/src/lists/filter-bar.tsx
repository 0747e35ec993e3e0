import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { readDecimal } from '../forms/decimals';
import { type I18n, useI18n } from '../i18n/translate';
import { Button } from '../ui/button';
import { InputField, SelectField } from '../ui/field';
import { Icon } from '../ui/icon';
import { CategoryFilter } from './category-filter';
import type { ListState } from './list-state';
import type { Filter } from './list-types';

interface FilterBarProps {
  state: ListState;
  filters: Filter[];
  searchLabel: string;
  hasSearch: boolean;
  menus: ReactNode;
}

export function FilterBar({ state, filters, searchLabel, hasSearch, menus }: FilterBarProps) {
  const i18n = useI18n();
  const { t } = i18n;
  const panelId = useId();
  const [isOpen, setOpen] = useState(false);
  const active = filters.filter(({ name }) => state.filters[name]);
  return (
    <div className="filter-bar">
      <div className="filter-bar-row">
        {hasSearch && (
          <SearchBox value={state.search} label={searchLabel} onChange={(search) => state.set({ search })} />
        )}
        {filters.length > 0 && (
          <Button
            icon="filter"
            aria-expanded={isOpen}
            aria-controls={panelId}
            onClick={() => setOpen(!isOpen)}
          >
            {active.length > 0 ? t('list.filtersActive', { count: active.length }) : t('list.filters')}
          </Button>
        )}
        {menus}
      </div>
      {active.length > 0 && !isOpen && (
        <ul className="chips">
          {active.map((filter) => (
            <li key={filter.name}>
              <button
                type="button"
                className="chip"
                aria-label={t('list.removeFilter', { name: filter.label })}
                onClick={() => state.set({ [filter.name]: '' })}
              >
                {filter.label}: <strong>{shownValue(filter, state.filters[filter.name]!, i18n)}</strong>
                <Icon name="close" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <div id={panelId} className="filter-panel" hidden={!isOpen}>
        {isOpen &&
          filters.map((filter) => (
            <FilterField
              key={filter.name}
              filter={filter}
              value={state.filters[filter.name] ?? ''}
              onChange={(value) => state.set({ [filter.name]: value })}
            />
          ))}
        {active.length > 0 && (
          <Button
            kind="quiet"
            onClick={() => state.set(Object.fromEntries(active.map(({ name }) => [name, ''])))}
          >
            {t('list.resetFilters')}
          </Button>
        )}
      </div>
    </div>
  );
}

function shownValue({ kind, options }: Filter, value: string, { decimal }: I18n): string {
  if (kind === 'number') return decimal(value);
  if (kind === 'day' || kind === 'day-end') return localDay(value);
  return options?.find((option) => option.value === value)?.label ?? value;
}

interface FieldProps {
  filter: Filter;
  value: string;
  onChange: (value: string) => void;
}

function FilterField({ filter: { label, kind, options = [] }, value, onChange }: FieldProps) {
  const { t, decimal } = useI18n();
  const isNumber = kind === 'number';
  const [typed, type] = useDelayed(
    isNumber ? decimal(value) : value,
    onChange,
    isNumber ? readDecimal : undefined,
  );
  switch (kind) {
    case 'choice':
      return (
        <SelectField label={label} value={value} onChange={(event) => onChange(event.target.value)}>
          <option value="">{t('list.any')}</option>
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </SelectField>
      );
    case 'category':
      return <CategoryFilter label={label} value={value} onChange={onChange} />;
    case 'day':
    case 'day-end':
      return (
        <InputField
          label={label}
          type="date"
          value={localDay(value)}
          onChange={(event) => onChange(instant(event.target.value, kind === 'day-end'))}
        />
      );
    default:
      return (
        <InputField
          label={label}
          inputMode={isNumber ? 'decimal' : undefined}
          value={typed}
          onChange={(event) => type(event.target.value)}
        />
      );
  }
}

interface SearchBoxProps {
  value: string;
  label: string;
  onChange: (value: string) => void;
}

function SearchBox({ value, label, onChange }: SearchBoxProps) {
  const [typed, type] = useDelayed(value, onChange);
  return (
    <div className="search" role="search">
      <Icon name="search" />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        value={typed}
        onChange={(event) => type(event.target.value)}
      />
    </div>
  );
}

const TYPING_PAUSE_MS = 250;

/** Shows typed text at once, and reports it after a pause. @param read parses the text */
function useDelayed(
  value: string,
  onChange: (value: string) => void,
  read = (text: string) => text,
): [string, (value: string) => void] {
  const [typed, setTyped] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const latest = useRef({ onChange, read });
  latest.current = { onChange, read };
  useEffect(() => {
    clearTimeout(timer.current);
    setTyped((now) => (latest.current.read(now) === latest.current.read(value) ? now : value));
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const type = (next: string) => {
    setTyped(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => latest.current.onChange(latest.current.read(next)), TYPING_PAUSE_MS);
  };
  return [typed, type];
}

/** A day is in the user's time zone; the API gets the instant at which it begins or ends. */
function instant(day: string, isEnd: boolean): string {
  if (!day) return '';
  const [year, month, date] = day.split('-').map(Number) as [number, number, number];
  return (
    isEnd ? new Date(year, month - 1, date, 23, 59, 59, 999) : new Date(year, month - 1, date)
  ).toISOString();
}

function localDay(iso: string): string {
  const moment = new Date(iso);
  if (!iso || Number.isNaN(moment.getTime())) return '';
  const two = (part: number) => String(part).padStart(2, '0');
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}
