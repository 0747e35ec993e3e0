import { Component, input } from '@angular/core';

@Component({
  selector: 'shop-icon',
  host: { style: 'display: contents' },
  template: `
    <svg
      class="icon"
      viewBox="0 0 24 24"
      width="24"
      height="24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.7"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      @switch (name()) {
        @case ('search') {
          <svg:circle cx="11" cy="11" r="6.5" />
          <svg:path d="m16 16 4.5 4.5" />
        }
        @case ('heart') {
          <svg:path
            class="heart"
            d="M12 20s-7.5-4.6-7.5-10.2A4.3 4.3 0 0 1 12 7.2a4.3 4.3 0 0 1 7.5 2.6C19.5 15.4 12 20 12 20Z"
          />
        }
        @case ('person') {
          <svg:circle cx="12" cy="8.2" r="3.7" />
          <svg:path d="M4.5 20c.8-3.8 3.9-5.8 7.5-5.8s6.7 2 7.5 5.8" />
        }
        @case ('cart') {
          <svg:path d="M5 8.5h14l-1.2 11.5H6.2Z" />
          <svg:path d="M8.5 11V7.5a3.5 3.5 0 0 1 7 0V11" />
        }
        @case ('filter') {
          <svg:path d="M4 7h9M17 7h3M4 17h3M11 17h9" />
          <svg:circle cx="15" cy="7" r="2" />
          <svg:circle cx="9" cy="17" r="2" />
        }
      }
    </svg>
  `,
})
export class Icon {
  readonly name = input.required<'search' | 'heart' | 'person' | 'cart' | 'filter'>();
}
