// Knows before the first paint whether somebody is signed in, so that the banner never jumps away.

document.documentElement.classList.toggle(
  "signed-in",
  /(?:^|;\s*)signed_in=1(?:;|$)/.test(document.cookie),
);
