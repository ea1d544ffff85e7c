// <turn-list>: find in the transcript, play from a turn, copy a quote with its source.

import { announce, copyText } from "./dom.js";
import { dateText } from "./formatting.js";
import { language, t, tPlural } from "./texts.js";

const MATCHES = "match";
const CURRENT_MATCH = "match-here";

class TurnList extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => this.click(event));
    this.findForm = this.querySelector(".find");
    this.findForm?.addEventListener("submit", (event) => {
      event.preventDefault();
      this.move(1);
    });
    this.findForm?.elements.find.addEventListener("input", () => this.search());
    this.findForm?.elements.find.addEventListener("keydown", (event) => this.findKey(event));
    this.followPlayer();
  }

  click(event) {
    if (event.target.closest(".questions a")) this.querySelector(".questions").open = false;
    const button = event.target.closest("button");
    if (!button) return;
    const turn = button.closest(".turn");
    if ("play" in button.dataset) {
      document.querySelector("media-player").playFrom(Number(button.dataset.play));
    } else if ("quote" in button.dataset) this.copyQuote(turn);
    else if ("copyAll" in button.dataset) this.copyAll();
    else if ("step" in button.dataset) this.move(Number(button.dataset.step));
  }

  async copyQuote(turn) {
    const text = selectedTextIn(turn) || textOf(turn);
    const recorded = this.dataset.recorded;
    const values = {
      text,
      speaker: turn.dataset.speaker,
      title: document.querySelector("h1").textContent,
      date: recorded ? dateText(new Date(recorded), "day") : "",
      address: `${location.origin}${location.pathname}#${turn.id}`,
    };
    const key = values.speaker ? "transcript.quote" : "transcript.quote_nobody";
    const copied = await copyText(t(key, values).replace(/, \n/, "\n"));
    announce(t(copied ? "transcript.quote_copied" : "transcript.copy_failed"));
  }

  async copyAll() {
    const turns = [...this.querySelectorAll(".turn")].map(
      (turn) => [turn.querySelector(".name").textContent.trim(), textOf(turn)].join("\n\n"),
    );
    const copied = await copyText(turns.join("\n\n"));
    announce(t(copied ? "transcript.copied" : "transcript.copy_failed"));
  }

  findKey(event) {
    if (event.key === "Enter" && event.shiftKey) {
      event.preventDefault();
      this.move(-1);
    }
    if (event.key === "Escape" && event.target.value) {
      event.preventDefault();
      event.target.value = "";
      this.search();
    }
  }

  search() {
    const query = this.findForm.elements.find.value.trim();
    this.matches = query ? rangesOf(query, this.querySelectorAll(".words p")) : [];
    this.current = -1;
    if (globalThis.Highlight) {
      CSS.highlights.set(MATCHES, new Highlight(...this.matches));
      CSS.highlights.delete(CURRENT_MATCH);
    }
    for (const button of this.findForm.querySelectorAll("button")) button.hidden = !this.matches.length;
    clearTimeout(this.countTimer);
    this.countTimer = setTimeout(() => this.showCount(query), 400);
  }

  showCount(query) {
    const count = this.matches.length;
    this.findForm.querySelector("[role=status]").textContent = !query
      ? ""
      : count ? tPlural("transcript.found", { count }) : t("transcript.found_none", { query });
  }

  move(step) {
    if (!this.matches?.length) return;
    clearTimeout(this.countTimer);
    this.current = this.current < 0 && step < 0 ? this.matches.length - 1
      : (this.current + step + this.matches.length) % this.matches.length;
    const range = this.matches[this.current];
    if (globalThis.Highlight) CSS.highlights.set(CURRENT_MATCH, new Highlight(range));
    const box = range.getBoundingClientRect();
    if (box.top < 150 || box.bottom > innerHeight - 100) {
      scrollBy({ top: box.top - innerHeight / 3, behavior: "instant" });
    }
    this.findForm.querySelector("[role=status]").textContent = t("transcript.found_at", {
      index: this.current + 1, count: this.matches.length,
    });
  }

  /** Marks the turn that is being said. */
  followPlayer() {
    const video = document.querySelector("media-player video");
    const timed = [...this.querySelectorAll(".turn[data-start]")];
    if (!video || !timed.length) return;
    video.addEventListener("timeupdate", () => {
      const now = timed.findLast((turn) => Number(turn.dataset.start) <= video.currentTime + 0.05);
      if (now === this.playingTurn) return;
      this.playingTurn?.classList.remove("now");
      now?.classList.add("now");
      this.playingTurn = now;
    });
  }
}

const textOf = (turn) =>
  [...turn.querySelectorAll(".words p")].map((paragraph) => paragraph.textContent.trim()).join("\n\n");

function selectedTextIn(turn) {
  const selection = getSelection();
  if (selection.isCollapsed || !turn.contains(selection.anchorNode)) return "";
  return turn.contains(selection.focusNode) ? selection.toString().trim() : "";
}

/** Where a text is said, whatever its case, accents and quotation marks. */
function rangesOf(query, paragraphs) {
  const needle = folded(query);
  const ranges = [];
  for (const { firstChild: node } of paragraphs) {
    const text = folded(node.data);
    for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + needle.length)) {
      const range = new Range();
      range.setStart(node, at);
      range.setEnd(node, at + needle.length);
      ranges.push(range);
    }
  }
  return ranges;
}

/** The text for comparing, letter for letter as long as the original, so that places agree. */
const folded = (text) =>
  [...text].map((character) => fold(character).padEnd(character.length, "\0").slice(0, character.length)).join("");

function fold(letter) {
  const plain = letter.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase(language);
  return { "’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00a0": " " }[plain] ?? plain;
}

customElements.define("turn-list", TurnList);
