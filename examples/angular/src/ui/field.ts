import { booleanAttribute, Component, computed, inject, input } from '@angular/core';
import { type FormControl, ReactiveFormsModule } from '@angular/forms';
import { injectFieldText } from './error-text';
import { FormFailure } from './form-failure';

let fields = 0;

/** A text field of a form that `starts` an action, with the API's message about it. */
@Component({
  selector: 'shop-field',
  imports: [ReactiveFormsModule],
  host: { class: 'field' },
  templateUrl: './field.html',
})
export class Field {
  readonly control = input.required<FormControl<string>>();
  /** Its name in the API. */
  readonly name = input.required<string>();
  readonly label = input.required<string>();
  readonly type = input<'text' | 'email' | 'password' | 'tel' | 'date'>('text');
  readonly hint = input('');
  readonly autocomplete = input('off');
  readonly isRequired = input(false, { alias: 'required', transform: booleanAttribute });
  readonly minLength = input<number | null>(null);
  readonly maxLength = input<number | null>(null);
  /** More than one line of text. */
  readonly rows = input(0);

  protected readonly id = `field-${(fields += 1)}`;
  private readonly failure = inject(FormFailure);
  private readonly fieldText = injectFieldText();
  protected readonly message = computed(() =>
    (this.failure.errors()[this.name()] ?? []).map((each) => this.fieldText(each)).join(' '),
  );
  protected readonly describedBy = computed(() =>
    [this.hint() && `${this.id}-hint`, this.message() && `${this.id}-error`].filter(Boolean).join(' '),
  );
}
