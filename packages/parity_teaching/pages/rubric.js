// nbgrader's keys keep the number of a field in the address when they open the next submission. If the address has no
// number, or that of the link "Next", which is 0, the page starts at the first written answer.
{
  const head = document.querySelector(".parity-head"), titles = JSON.parse(head.dataset.titles);
  for (const label of document.querySelectorAll(".nbgrader-label code")) {
    label.replaceWith(titles[label.textContent] ?? label.textContent);
  }
  const links = [...document.querySelectorAll(".parity-head a")];
  const fields = [...document.querySelectorAll(".tabbable")];
  for (const link of links) link.href = `?index=${fields.indexOf(document.getElementById(link.dataset.field))}`;
  if (!/[?&]index=[1-9]/.test(location.search)) history.replaceState(history.state, "", links[0].href);

  // Tab leads through the points for the demands of a written answer to its comment, then to the next answer, to the
  // link "Next", and only then to all other fields. Shift+Tab leads from the first demand to the score.
  const [next, ...others] = fields, scores = new Map(), first = [];
  for (const answer of document.querySelectorAll(".parity-answer")) {
    const [score, , comment] = answer.querySelectorAll(".tabbable"), demands = answer.querySelectorAll(".parity-rubric input");
    if (demands.length) scores.set(score, demands[0]);
    first.push(score, ...demands, comment);
  }
  const order = [...first, next, ...others.filter(field => !first.includes(field))];
  let last;
  document.addEventListener("focusin", ({ target }) => { if (order.includes(target)) last = target; });
  const after = (now, step) => {
    if (scores.has(now) && step > 0 && now.value !== "") return order.find(field => field.id === `${now.id}-comment`);
    const field = order.at((order.indexOf(now) + step) % order.length);
    return step > 0 ? scores.get(field) ?? field : field;
  };
  const show = field => {
    field.focus({ preventScroll: true });
    setTimeout(() => field.scrollIntoView({ block: "nearest" }), field.matches(".tabbable") ? 600 : 0);
    if (field.matches("textarea")) field.setSelectionRange(field.value.length, field.value.length);
    else field.select?.();
  };
  const move = step => event => {
    event.preventDefault();
    const now = document.activeElement, selected = last ?? formgrader.last_selected[0];
    show(order.includes(now) ? after(now, step) : scores.get(selected) ?? selected);
  };
  // nbgrader's key Enter leads back to the last field, if no field has the cursor.
  formgrader.focusInput = event => {
    if (document.activeElement !== document.body) return;
    event.preventDefault();
    show(last ?? formgrader.last_selected[0]);
  };
  formgrader.selectNextInput = move(1);
  formgrader.selectPrevInput = move(-1);
  // The link is always visible, so the page does not scroll to the top.
  const position = formgrader.getScrollPosition;
  formgrader.getScrollPosition = () => formgrader.last_selected[0] === next ? scrollY : position.call(formgrader);
}

// The browser's Back would show earlier points from its cache.
$.ajaxSetup({ cache: false });

// nbgrader stores one score for an answer. The points for its demands become this score and the first line of the
// comment, from which they are read again here and for the feedback page (`rubric.points_by_demand`).
const ONCE = /not the sum|no points yet/;      // problems with which a reader can leave an answer
const BY_DEMAND = /^Points by demand: ([\d.]+(?: \+ [\d.]+)*)\.\s*/m;

class Demands {
  constructor(answer) {
    this.fields = [...answer.querySelectorAll(".parity-rubric input")];
    [this.score, , this.comment] = answer.querySelectorAll(".tabbable");
    this.state = answer.querySelector("[role=status]");
    $(this.fields).on("focus", () => {       // Ctrl+. opens the next submission at this answer
      formgrader.last_selected = $(this.score);
      formgrader.setCurrentIndex();
    }).on("click", ({ target }) => target.select()).on("input", () => { this.changed = true; }).on("focusout", ({ relatedTarget }) => {
      if (!this.fields.includes(relatedTarget)) this.save();
    }).on("keydown", event => {
      if (event.key.startsWith("Arrow") && !/Left|Right/.test(event.key)) event.preventDefault();     // keeps the number
      if (event.key === "Escape") event.target.blur();
      if (event.key !== "Enter" || event.ctrlKey) return;
      event.stopPropagation();        // nbgrader's key would lead to the score
      formgrader.selectNextInput(event);
    });
    $(this.fields).add(this.score).add(this.comment).on("input", () => {
      this.refused = false;
      this.tell();
    });
    // nbgrader saves the score and the comment after these handlers.
    $(this.score).add(this.comment).on("change", () => { if (failed) resend(); });
    $(this.comment).on("change", () => {
      this.comment.value = this.line + this.rest;
      autosize.update(this.comment);
    })
      .on("blur", () => { if (this.line !== this.savedLine) $(this.comment).trigger("change"); });
    $(answer).find(".full-credit, .no-credit").on("click", event => {
      for (const field of this.fields) field.value = event.currentTarget.matches(".full-credit") ? field.max : 0;
      this.changed = true;
      this.save();
    });
  }

  /** Fill the fields from the comment, once nbgrader has loaded points and comments. */
  load() {
    this.grade = formgrader.grades.findWhere({ name: this.score.id });
    this.remark = formgrader.comments.findWhere({ name: this.score.id });
    const points = this.savedComment.match(BY_DEMAND)?.[1].split(" + ") ?? [];
    if (points.length === this.fields.length) this.fields.forEach((field, index) => { field.value = points[index]; });
    this.tell();
  }

  get isEmpty() { return this.fields.every(field => field.value === "" && field.validity.valid); }
  get missing() { return this.fields.find(field => field.value === "" || !field.checkValidity()); }
  get sum() { return Math.round(1e4 * this.fields.reduce((sum, field) => sum + Number(field.value), 0)) / 1e4; }
  get rest() { return this.comment.value.replace(BY_DEMAND, ""); }
  get line() {
    if (this.isEmpty) return "";
    return this.missing ? this.savedLine : `Points by demand: ${this.fields.map(field => Number(field.value)).join(" + ")}.\n`;
  }
  get savedComment() { return this.remark?.get("manual_comment") ?? ""; }
  get savedLine() { return this.savedComment.match(BY_DEMAND)?.[0].trim().concat("\n") ?? ""; }
  get isSaved() {
    return this.line === this.savedLine && this.comment.value === this.savedComment
      && this.score.value === String(this.grade?.get("manual_score") ?? "");
  }

  /** Return why this answer is not finished, or an empty string. */
  get problem() {
    const number = this.fields.indexOf(this.missing) + 1, most = this.grade?.get("max_score");
    if (failed) return "Not saved: the server does not answer.";
    if (!this.isEmpty && this.missing?.value === "" && this.missing.validity.valid) return `Not saved yet: demand ${number} has no points.`;
    if (!this.isEmpty && this.missing) return `Not saved yet: demand ${number} needs from 0 to ${this.missing.max} points, in quarters.`;
    if (this.score.value < 0 || this.score.value > most) return `Not saved yet: the score needs from 0 to ${most} points.`;
    if (!this.isEmpty && Number(this.score.value) !== this.sum && !this.changed) {
      return `The score, ${this.score.value}, is not the sum of these points, ${this.sum}. The student sees the score alone, without these points.`;
    }
    if (!this.isEmpty || this.score.value !== "" || !(this.rest.trim() || forward)) return "";
    return "There are no points yet.";
  }

  /** Save the sum as the score, and the points in the comment. */
  save() {
    if ($.active) {     // the answer to an earlier request would put earlier points into the field
      $(document).one("ajaxStop", () => this.save());
      return;
    }
    if (this.changed && (this.isEmpty || !this.missing)) {
      this.changed = false;
      const [, points] = this.savedLine.match(BY_DEMAND) ?? [];
      const saved = points?.split(" + ").reduce((sum, value) => sum + Number(value), 0);
      if (this.isEmpty && Math.abs(Number(this.score.value) - saved) < 1e-3) $(this.score).val("").trigger("change");
      if (!this.isEmpty) $(this.score).val(this.sum).trigger("change");
      $(this.comment).trigger("change");
    }
    this.tell();
  }

  /** Say what is saved. */
  tell() {
    const { problem } = this;
    this.state.classList.toggle("parity-look", this.refused || /server|not the sum/.test(problem));
    const waits = $.active ? "Saving …" : !this.changed ? "Not saved yet. Leaving the field saves it."
      : `Not saved yet: ${this.isEmpty ? "no points" : `the sum is ${this.sum}`}. Leaving these fields saves this.`;
    this.state.textContent = problem + (this.refused && ONCE.test(problem) ? " The same key again leaves it so." : "") || (!this.isSaved || this.changed || $.active ? waits
      : this.isEmpty && this.score.value ? `Saved: the score, ${this.score.value}, without points for the demands.`
        : this.isEmpty ? "The sum of these points becomes the score, and the student sees all of them."
          : `Saved: the sum, ${this.sum}, is the score, and the student sees all points.`);
  }
}

let failed = false, forward = false, warned = "";
/** Send everything again after a failure, because the server may have stored only a part. */
const resend = () => {
  failed = false;
  for (const { score, comment } of answers) $(score).add(comment).trigger("change");
};
const goForward = go => {
  forward = true;
  go();
  forward = false;
};
const { nextAssignment } = formgrader;
formgrader.nextAssignment = () => goForward(() => nextAssignment.call(formgrader));
const answers = [...document.querySelectorAll(".parity-answer")].filter(answer => answer.querySelector("aside input"))
  .map(answer => new Demands(answer));
$(document).on("ajaxStart ajaxError ajaxStop", ({ type }) => {
  if (type === "ajaxError") failed = true;
  for (const answer of answers) answer.tell();
});
window.addEventListener("load", () => {
  $(document).one("ajaxStop", () => {
    for (const answer of answers) answer.load();
    if (document.activeElement.matches("input")) document.activeElement.select();      // so that typing replaces points
  });
});

// nbgrader puts the cursor into the score when the page opens. The points for the demands come first.
const { signal } = MathJax.Hub.Startup, interest = signal.Interest;
signal.Interest = tell => interest(message => {
  tell(message);
  const field = answers.find(answer => answer.score === formgrader.last_selected[0])?.fields[0];
  field?.focus({ preventScroll: true });
  field?.select();
  setTimeout(() => field?.scrollIntoView({ block: "nearest" }), 600);     // after nbgrader has scrolled
});

// What leads to another submission waits until everything is saved, and stays here if points are missing, once if the
// score is not their sum, or if they could not be saved.
formgrader.save = callback => {
  const field = document.activeElement;
  field.blur();
  if (failed) resend();
  for (const answer of answers) {
    if (answer.line && !answer.isSaved) $(answer.score).add(answer.comment).trigger("change");
  }
  const open = answers.find(answer => answer.problem && !failed);
  if (open && !(ONCE.test(open.problem) && open.problem === warned)) {
    warned = open.problem;
    open.refused = true;
    open.tell();
    const wrong = open.isEmpty ? open.fields[0] : open.missing ?? open.score;
    wrong.focus();
    return wrong.select();
  }
  const leave = () => {
    if ($.active) $(document).one("ajaxStop", leave);
    else if (failed) field.focus();
    else callback();
  };
  leave();
};
// nbgrader's list of all submissions says which of them wait for a person.
fetch(`${base_url}/api/submitted_notebooks/${assignment_id}/${notebook_id}`).then(response => response.json()).then(all => {
  const { index } = all.find(({ id }) => id === submission_id);
  const waiting = all.filter(each => each.needs_manual_grade && each.id !== submission_id).sort((one, other) => one.index - other.index);
  const next = waiting.find(each => each.index > index) ?? waiting[0];
  const link = $(".parity-waiting").before("<kbd>Ctrl+Enter</kbd> ").after(";");
  if (next) link.attr("href", `${base_url}/submissions/${next.id}/`).text(`next of ${waiting.length} waiting`);
  else link.text("save; no other submission waits");
  const finish = (now = document.activeElement) => formgrader.save(() => {
    link.text("saved; no other submission waits");
    now.focus();
  });
  document.addEventListener("keydown", ({ ctrlKey, key }) => {
    if (ctrlKey && key === "Enter") next ? link[0].click() : finish();
  });
});
$(".previous a, .next a, .parity-waiting").on("click", event => {
  event.preventDefault();
  const { href, parentNode } = event.currentTarget, go = () => formgrader.save(() => { location.href = href; });
  if (parentNode.matches(".next")) goForward(go);
  else go();
});
window.addEventListener("beforeunload", event => {
  if (answers.some(answer => !answer.isSaved || (answer.missing && !answer.isEmpty))) event.preventDefault();
});
document.addEventListener("wheel", event => {       // which would change the number in the field
  if (event.target.type !== "number" || event.target !== document.activeElement) return;
  event.preventDefault();
  scrollBy(0, event.deltaY);
}, { passive: false });

// Outputs and model answers that were opened are open on the next page, too.
for (const [index, details] of document.querySelectorAll(".parity-answer details").entries()) {
  const key = `parity-open-${index}`;
  details.open = JSON.parse(sessionStorage.getItem(key)) ?? details.open;
  details.addEventListener("toggle", () => sessionStorage.setItem(key, details.open));
}
