// What browsers offer and TypeScript's own library does not know, because not all of them do.

interface Navigator {
  /** https://wicg.github.io/netinfo/ : absent in Firefox and Safari. */
  readonly connection?: { readonly saveData?: boolean };
}

/** https://cookiestore.spec.whatwg.org/ : absent in Firefox before 140 and Safari before 18.4. */
declare var cookieStore: EventTarget | undefined;
