// <media-player>: keys for journalists on the browser's own player, and the running time code.

class MediaPlayer extends HTMLElement {
  connectedCallback() {
    this.video = this.querySelector("video");
    this.code = document.querySelector("[data-time-code]");
    if (!this.video) return;
    const [frames, seconds = 1] = (this.dataset.frameRate ?? "25").split("/").map(Number);
    this.rate = frames / seconds;
    this.addEventListener("keydown", (event) => this.handleKey(event), { capture: true });
    this.video.addEventListener("timeupdate", () => this.showTimeCode());
    this.video.addEventListener("seeking", () => this.showTimeCode());
    addEventListener("hashchange", () => this.followFragment());
    this.followFragment();
  }

  /** `#t=83.4` in the address: that second. */
  followFragment() {
    const second = /^#t=(\d+(?:\.\d+)?)$/.exec(location.hash);
    if (second) this.seek(Number(second[1]));
  }

  /** Plays from a second; the file is fetched only now. */
  playFrom(second) {
    this.seek(second);
    this.video.play().catch(() => {});
    this.video.focus({ preventScroll: true });
  }

  seek(second) {
    const { video } = this;
    if (video.readyState > 0) video.currentTime = second;
    else {
      video.preload = "metadata";
      video.addEventListener("loadedmetadata", () => (video.currentTime = second), { once: true });
      video.load();
    }
  }

  handleKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { video, rate } = this;
    const actions = {
      " ": () => (video.paused ? video.play().catch(() => {}) : video.pause()),
      ArrowLeft: () => this.seek(Math.max(0, video.currentTime - 5)),
      ArrowRight: () => this.seek(video.currentTime + 5),
      ",": () => this.step(-1 / rate),
      ".": () => this.step(1 / rate),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  }

  step(seconds) {
    this.video.pause();
    this.seek(Math.max(0, this.video.currentTime + seconds));
  }

  showTimeCode() {
    const start = /^(\d\d):(\d\d):(\d\d):(\d\d)$/.exec(this.code?.dataset.timeCode ?? "");
    if (!start) return;
    const [hours, minutes, seconds, frames] = start.slice(1).map(Number);
    const framesPerSecond = Math.round(this.rate);
    const totalFrames = ((hours * 60 + minutes) * 60 + seconds) * framesPerSecond + frames
      + Math.floor(this.video.currentTime * this.rate + 0.001);
    const pad = (value) => String(value).padStart(2, "0");
    const whole = Math.floor(totalFrames / framesPerSecond);
    this.code.textContent = [whole / 3600 % 24, whole / 60 % 60, whole % 60, totalFrames % framesPerSecond]
      .map((part) => pad(Math.floor(part))).join(":");
  }
}

customElements.define("media-player", MediaPlayer);
