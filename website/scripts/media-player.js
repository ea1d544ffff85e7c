// @ts-check
// <media-player>: keyboard control for the browser's own player, and the running time code.

/** @param {number} value */
const twoDigits = (value) => String(Math.floor(value)).padStart(2, "0");

export class MediaPlayer extends HTMLElement {
  video = this.querySelector("video");
  /** @type {HTMLElement | null} */
  timeCode = document.querySelector(".slate [data-time-code]");
  frameRate = frameRateOf(this.dataset.frameRate ?? "25");

  connectedCallback() {
    const { video } = this;
    if (!video) return;
    this.addEventListener("keydown", (event) => this.handleKey(event, video), { capture: true });
    video.addEventListener("timeupdate", () => this.showTimeCode(video));
    video.addEventListener("seeking", () => this.showTimeCode(video));
    addEventListener("hashchange", () => this.followFragment());
    this.followFragment();
  }

  /** Seeks the second that the address names: `#t=83.4`. */
  followFragment() {
    const match = /^#t=(\d+(?:\.\d+)?)$/.exec(location.hash);
    if (match) this.seek(Number(match[1]));
  }

  /**
   * Plays from a second. The browser fetches the file only now.
   *
   * @param {number} second
   */
  playFrom(second) {
    this.seek(second);
    this.video?.play().catch(() => {});
    this.video?.focus({ preventScroll: true });
  }

  /** @param {number} second */
  seek(second) {
    const { video } = this;
    if (!video) return;
    if (video.readyState > 0) video.currentTime = second;
    else {
      video.preload = "metadata";
      video.addEventListener("loadedmetadata", () => (video.currentTime = second), { once: true });
      video.load();
    }
  }

  /**
   * @param {KeyboardEvent} event
   * @param {HTMLVideoElement} video
   */
  handleKey(event, video) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const action = this.actionOf(event.key, video);
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  }

  /**
   * What a key does, or null.
   *
   * @param {string} key
   * @param {HTMLVideoElement} video
   */
  actionOf(key, video) {
    switch (key) {
      case " ":
        return () => (video.paused ? video.play().catch(() => {}) : video.pause());
      case "ArrowLeft":
        return () => this.seek(Math.max(0, video.currentTime - 5));
      case "ArrowRight":
        return () => this.seek(video.currentTime + 5);
      case ",":
        return () => this.step(-1 / this.frameRate, video);
      case ".":
        return () => this.step(1 / this.frameRate, video);
      default:
        return null;
    }
  }

  /**
   * @param {number} seconds
   * @param {HTMLVideoElement} video
   */
  step(seconds, video) {
    video.pause();
    this.seek(Math.max(0, video.currentTime + seconds));
  }

  /** @param {HTMLVideoElement} video */
  showTimeCode(video) {
    const start = this.timeCode?.dataset.timeCode;
    const text = start && timeCodeAt(start, video.currentTime, this.frameRate);
    if (this.timeCode && text) this.timeCode.textContent = text;
  }
}

/**
 * Frames per second: 25, or a fraction such as 30000/1001.
 *
 * @param {string} text
 */
export function frameRateOf(text) {
  const [frames, seconds = 1] = text.split("/").map(Number);
  return frames / seconds;
}

/**
 * The time code (without dropped frames) some seconds after a start of the form 10:00:00:00, or null
 * when the start has another form.
 *
 * @param {string} start
 * @param {number} seconds
 * @param {number} frameRate
 */
export function timeCodeAt(start, seconds, frameRate) {
  const match = /^(\d\d):(\d\d):(\d\d):(\d\d)$/.exec(start);
  if (!match) return null;
  const [startHours, startMinutes, startSeconds, startFrames] = match.slice(1).map(Number);
  const framesPerSecond = Math.round(frameRate);
  const totalFrames =
    ((startHours * 60 + startMinutes) * 60 + startSeconds) * framesPerSecond +
    startFrames +
    Math.floor(seconds * frameRate + 0.001); // currentTime may be a little short of its frame
  const whole = Math.floor(totalFrames / framesPerSecond);
  const parts = [(whole / 3600) % 24, (whole / 60) % 60, whole % 60, totalFrames % framesPerSecond];
  return parts.map(twoDigits).join(":");
}

customElements.define("media-player", MediaPlayer);
