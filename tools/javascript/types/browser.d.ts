// What browsers offer and TypeScript's own library does not know, because not all of them do.

interface Navigator {
  /** https://wicg.github.io/netinfo/ : absent in Firefox and Safari. */
  readonly connection?: { readonly saveData?: boolean };
}
