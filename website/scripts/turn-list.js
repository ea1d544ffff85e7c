// @ts-check
// <turn-list>: search in the transcript, play from a turn, copy a quote with its source.

import { announce, closest, copyText, find, findAll } from "./dom.js";
import { dateText, durationText } from "./formatting.js";
import { frameRateOf, MediaPlayer, timeCodeAt } from "./media-player.js";
import { matchesOf } from "./text-search.js";
import { t, tPlural } from "./texts.js";

const MATCHES = "match";
const CURRENT_MATCH = "match-here";
const COUNT_DELAY = 400;

class TurnList extends HTMLElement {
  searchForm = this.querySelector("form.find");
  searchField = /** @type {HTMLInputElement | null} */ (this.querySelector(".find [name=find]"));
  /** @type {Range[]} */
  ranges = [];
  current = -1;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  countTimer;
  /** @type {HTMLElement | undefined} */
  playingTurn;

  connectedCallback() {
    this.addEventListener("click", (event) => this.handleClick(event));
    this.searchForm?.addEventListener("submit", (event) => {
      event.preventDefault();
      this.move(1);
    });
    const field = this.searchField;
    field?.addEventListener("input", () => this.search(field));
    field?.addEventListener("keydown", (event) => this.handleSearchKey(event, field));
    this.followPlayer();
  }

  /** @param {Event} event */
  handleClick(event) {
    if (closest(event, ".questions a")) find(this, ".questions", HTMLDetailsElement).open = false;
    const button = closest(event, "button");
    const turn = closest(event, ".turn");
    if (!button) return;
    const { play, quote, copyAll, step } = button.dataset;
    if (play !== undefined) find(document, "media-player", MediaPlayer).playFrom(Number(play));
    else if (quote !== undefined && turn) this.copyQuote(turn);
    else if (copyAll !== undefined) this.copyAll();
    else if (step !== undefined) this.move(Number(step));
  }

  /** @param {HTMLElement} turn */
  async copyQuote(turn) {
    const { speaker, role, start } = turn.dataset;
    const source = [speaker, role, ...this.event(), start ? this.timeOf(Number(start)) : ""];
    const text = t("transcript.quote", {
      text: selectedTextIn(turn) || textOf(turn),
      source: source.filter(Boolean).join(", "),
      address: `${pageAddress()}#${turn.id}`,
    });
    const copied = await copyText(text);
    announce(t(copied ? "transcript.quote_copied" : "transcript.copy_failed"));
  }

  /** The title and the day of what was recorded. */
  event() {
    const { recorded } = this.dataset;
    const title = find(document, "h1").textContent?.trim() ?? "";
    return [title, recorded ? dateText(new Date(recorded), "day") : ""];
  }

  /**
   * A moment as the source time code, which editing systems know, or else as the player shows it.
   *
   * @param {number} second
   */
  timeOf(second) {
    const { timeCode = "", frameRate = "25" } = this.dataset;
    const time = timeCodeAt(timeCode, second, frameRateOf(frameRate));
    return time ?? t("transcript.at", { time: durationText(Math.floor(second)) });
  }

  async copyAll() {
    const corrected = this.querySelector("[data-corrected]")?.textContent?.trim();
    const state = [this.dataset.state, corrected].filter(Boolean).join(" ");
    const head = [...this.event(), state, pageAddress()].filter(Boolean).join("\n");
    const turns = findAll(this, ".turn").map((turn) => `${nameIn(turn)}\n\n${textOf(turn)}`);
    const copied = await copyText([head, ...turns].join("\n\n"));
    announce(t(copied ? "transcript.copied" : "transcript.copy_failed"));
  }

  /**
   * @param {KeyboardEvent} event
   * @param {HTMLInputElement} field
   */
  handleSearchKey(event, field) {
    if (event.key === "Enter" && event.shiftKey) {
      event.preventDefault();
      this.move(-1);
    }
    if (event.key === "Escape" && field.value) {
      event.preventDefault();
      field.value = "";
      this.search(field);
    }
  }

  /** @param {HTMLInputElement} field */
  search(field) {
    const query = field.value.trim();
    this.classList.toggle("finding", query !== "");
    this.ranges = query ? rangesOf(query, findAll(this, ".words p")) : [];
    this.current = -1;
    if (globalThis.Highlight) {
      CSS.highlights.set(MATCHES, new Highlight(...this.ranges));
      CSS.highlights.delete(CURRENT_MATCH);
    }
    for (const button of findAll(this, ".find button")) button.hidden = !this.ranges.length;
    // A screen reader would read every count between two letters.
    clearTimeout(this.countTimer);
    this.countTimer = setTimeout(() => this.showCount(query), COUNT_DELAY);
  }

  /** @param {string} query */
  showCount(query) {
    const count = this.ranges.length;
    if (!query) this.showStatus("");
    else if (count) this.showStatus(tPlural("transcript.found", { count }));
    else this.showStatus(t("transcript.found_none", { query }));
  }

  /** @param {string} text */
  showStatus(text) {
    find(this, ".find [role=status]").textContent = text;
  }

  /**
   * Goes to another match; after the last follows the first.
   *
   * @param {number} step 1 forwards, -1 backwards
   */
  move(step) {
    const count = this.ranges.length;
    if (!count) return;
    clearTimeout(this.countTimer);
    this.current = this.current < 0 && step < 0 ? count - 1 : (this.current + step + count) % count;
    const range = this.ranges[this.current];
    if (globalThis.Highlight) CSS.highlights.set(CURRENT_MATCH, new Highlight(range));
    const box = range.getBoundingClientRect();
    if (box.top < 150 || box.bottom > innerHeight - 100) {
      scrollBy({ top: box.top - innerHeight / 3, behavior: "instant" });
    }
    this.showStatus(t("transcript.found_at", { index: this.current + 1, count }));
  }

  /** Marks the turn that the player is playing. */
  followPlayer() {
    const video = document.querySelector("media-player video");
    const timed = findAll(this, ".turn[data-start]");
    if (!(video instanceof HTMLVideoElement) || !timed.length) return;
    video.addEventListener("timeupdate", () => {
      // Not findLast(): Chrome 94 to 96 and Firefox before 104 lack it.
      const now = video.currentTime + 0.05;
      const [turn] = timed.filter(({ dataset }) => Number(dataset.start) <= now).slice(-1);
      if (turn === this.playingTurn) return;
      this.playingTurn?.classList.remove("now");
      turn?.classList.add("now");
      this.playingTurn = turn;
    });
  }
}

/** The page's address, without what it points at. */
const pageAddress = () => `${location.origin}${location.pathname}`;

/**
 * Who speaks in a turn, with the role; of a question without its number.
 *
 * @param {HTMLElement} turn
 */
function nameIn(turn) {
  const name = find(turn, ".name");
  const shown = (name.firstElementChild ?? name).textContent?.trim();
  return [shown, turn.dataset.role].filter(Boolean).join(", ");
}

/** @param {HTMLElement} turn */
const textOf = (turn) =>
  findAll(turn, ".words p").map((paragraph) => paragraph.textContent?.trim()).join("\n\n");

/**
 * The selected text if it lies within a turn, or "".
 *
 * @param {HTMLElement} turn
 */
function selectedTextIn(turn) {
  const selection = getSelection();
  if (!selection || selection.isCollapsed || !turn.contains(selection.anchorNode)) return "";
  return turn.contains(selection.focusNode) ? selection.toString().trim() : "";
}

/**
 * The ranges of paragraphs that match a query.
 *
 * @param {string} query
 * @param {HTMLElement[]} paragraphs
 */
function rangesOf(query, paragraphs) {
  const ranges = [];
  for (const { firstChild: node } of paragraphs) {
    if (!(node instanceof Text)) continue;
    for (const [start, end] of matchesOf(query, node.data)) {
      const range = new Range();
      range.setStart(node, start);
      range.setEnd(node, end);
      ranges.push(range);
    }
  }
  return ranges;
}

customElements.define("turn-list", TurnList);
