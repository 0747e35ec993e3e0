import { Injectable, signal } from '@angular/core';

interface Message {
  text: string;
  link?: { to: string; text: string };
}

/** Notifies of the result of an action, in a corner and through screen readers. */
@Injectable({ providedIn: 'root' })
export class Announcer {
  private readonly current = signal<Message | undefined>(undefined);
  private timer?: ReturnType<typeof setTimeout>;
  readonly message = this.current.asReadonly();

  announce(message: Message): void {
    clearTimeout(this.timer);
    this.current.set(message);
    this.timer = setTimeout(() => this.current.set(undefined), 6000);
  }
}
