import { Component, type ReactNode } from 'react';

interface Props {
  message: string;
  retry: string;
  children: ReactNode;
}

/** Shown for a page that fails to render or to load, below the header, with a button to continue. */
export class ErrorBoundary extends Component<Props, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override render() {
    if (!this.state.broken) return this.props.children;
    return (
      <div className="empty" role="alert">
        <p>{this.props.message}</p>
        {/* Reload: the browser remembers that a script did not load. */}
        <button type="button" className="button" onClick={() => location.reload()}>
          {this.props.retry}
        </button>
      </div>
    );
  }
}
