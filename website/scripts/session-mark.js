// @ts-check
// Reads the cookie beside the session: it names the session to scripts, and proves nothing.

/**
 * A mark that each session has for itself, or "" when nobody is logged in. Code that waits for an
 * answer compares it, so that what is said of one session is not taken for the next one's.
 */
export const sessionMark = () => /(?:^|;\s*)signed_in=([^;\s]+)/.exec(document.cookie)?.[1] ?? "";
