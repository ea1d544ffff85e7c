// @ts-check
// Shows below a step which other codes are awaited, and leads to them: people have several errands.

import { find, make } from "../dom.js";
import { continueFlow, flowStep, openFlow, waitingFlows } from "../flow.js";
import { t } from "../texts.js";

/** Steps that show a flow; the others may lead to any. */
const STEPS_OF_FLOWS = new Set(["verify", "reset-code", "new-password"]);
/** Steps that end something lead nowhere else. */
const LAST_STEPS = new Set(["done", "updated", "terms"]);

export class WaitingFlows {
  /**
   * @param {HTMLElement} place
   * @param {import("./dialog.js").AccountDialog} dialog
   */
  constructor(place, dialog) {
    this.place = place;
    this.dialog = dialog;
  }

  /** @param {string | null} step that is shown */
  show(step) {
    const own = step && STEPS_OF_FLOWS.has(step) ? openFlow()?.key : undefined;
    const flows = !step || LAST_STEPS.has(step) ? [] : waitingFlows().filter(({ key }) => key !== own);
    const lines = flows.map((flow) => this.line(flow));
    const list = find(this.place, "ul");
    // The same lines again would take the focus from the button in one.
    if (list.textContent !== lines.map(({ textContent }) => textContent).join("")) {
      list.replaceChildren(...lines);
    }
    this.place.hidden = !flows.length;
  }

  /** @param {import("../flow.js").Flow} flow */
  line({ key, kind, email = "" }) {
    const text = t(kind === "reset" ? "flow.reset" : "flow.registration", { email });
    const button = make("button", { type: "button", className: "quiet" }, t("link.enter_code"));
    button.setAttribute("aria-label", `${t("link.enter_code")}: ${text}`);
    button.addEventListener("click", () => {
      continueFlow(key);
      this.dialog.go(flowStep());
    });
    return make("li", {}, `${text} `, button);
  }
}
