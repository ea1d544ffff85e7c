// @ts-check
// Runs work after a while, and only while the tab is visible: a hidden tab waits until it is shown.

export class VisibleTimer {
  #isStopped = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #work;

  /** @param {() => void} work */
  constructor(work) {
    this.#work = work;
  }

  /**
   * Runs the work once after some milliseconds, instead of what was planned before.
   *
   * @param {number} milliseconds
   */
  start(milliseconds) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (document.hidden) document.addEventListener("visibilitychange", () => this.#run(), { once: true });
      else this.#run();
    }, milliseconds);
  }

  stop() {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #run() {
    if (!this.#isStopped) this.#work();
  }
}
