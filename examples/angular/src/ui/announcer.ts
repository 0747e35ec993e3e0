import { Injectable, signal } from '@angular/core';

interface Message {
  text: string;
  link?: { to: string; text: string };
}

/** Says in a corner, and to screen readers, what an action did. */
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
