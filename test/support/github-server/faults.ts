/** What goes wrong instead of an answer, or after the work was done (`done`): then only the answer is lost. */
export interface Fault {
  /** Operation: `POST /repos/{owner}/{repo}/check-runs`, `POST /graphql`; absent: any. */
  readonly when?: string;
  /** Of this many matching requests; absent: of all. */
  readonly times?: number;
  readonly done?: boolean;
  /** Milliseconds before anything is sent. */
  readonly delayMs?: number;
  /**
   * `hang`: nothing is ever sent. `reset`: the connection breaks. `cut`: it breaks in the middle of the body. Absent: `status` is sent, or
   * the true answer where there is none (slow).
   */
  readonly how?: 'hang' | 'reset' | 'cut';
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text as it is (HTML), or JSON. */
  readonly body?: unknown;
}

/** https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits */
export function secondaryLimit(
  retryAfterS: number | undefined,
  fault: Pick<Fault, 'when' | 'times'> & { readonly status?: 403 | 429 },
): Fault {
  return {
    status: 403,
    body: { message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.' },
    headers: retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) },
    ...fault,
  };
}

export class Faults {
  readonly #schedule: { readonly fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    this.#schedule.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY });
  }
  /** The first that is due for an operation; it counts as used. */
  take(operation: string): Fault | undefined {
    const due = this.#schedule.find(({ fault, left }) => left > 0 && (fault.when === undefined || fault.when === operation));
    if (due !== undefined) due.left -= 1;
    return due?.fault;
  }
}

/** The primary limit: so many requests until the reset. */
export class Quota {
  limit = 5_000;
  remaining = 5_000;
  /** Unix seconds. */
  reset = Math.floor(Date.now() / 1_000) + 3_600;

  /** @returns false where nothing is left. */
  spend(): boolean {
    if (Date.now() >= this.reset * 1_000) {
      this.remaining = this.limit;
      this.reset = Math.floor(Date.now() / 1_000) + 3_600;
    }
    if (this.remaining === 0) return false;
    this.remaining -= 1;
    return true;
  }
  headers(): Readonly<Record<string, string>> {
    const all = { limit: this.limit, remaining: this.remaining, reset: this.reset };
    return Object.fromEntries(Object.entries(all).map(([name, value]) => [`x-ratelimit-${name}`, String(value)]));
  }
}
