// @ts-check
// Hides the banner before the first paint when somebody is logged in, so that nothing moves later.

document.documentElement.classList.toggle(
  "signed-in",
  /(?:^|;\s*)signed_in=[^;\s]/.test(document.cookie),
);
