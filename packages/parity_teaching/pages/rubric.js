// The points for the demands of a rubric are fields among nbgrader's own (class "tabbable"). nbgrader stores one score
// for an answer, so their sum becomes the score, and the points themselves the first line of the comment, from which
// they are read again here and for the feedback page (`rubric.points_by_demand`).
const BY_DEMAND = /^Points by demand: ([\d.]+(?: \+ [\d.]+)*)\.\s*/m;
let failed = false;     // whether the server did not store something

class Demands {
  constructor(answer) {
    this.fields = [...answer.querySelectorAll(".parity-rubric input")];
    this.score = answer.querySelector(".score");
    this.comment = answer.querySelector(".comment");
    this.state = answer.querySelector("[role=status]");
    $(this.fields).on("change", () => this.save());
    // nbgrader saves the comment after this.
    $(this.comment).on("change", () => { this.comment.value = this.line + this.comment.value.replace(BY_DEMAND, ""); });
  }

  get points() { return this.fields.map(field => field.value === "" ? NaN : Number(field.value.replace(",", "."))); }
  get isEmpty() { return this.fields.every(field => field.value === ""); }
  get wrong() {
    return this.fields.findIndex((field, index) => {
      const points = this.points[index];
      return !(points >= 0 && points <= field.dataset.worth && points % 0.25 === 0);
    });
  }
  get isOpen() { return !this.isEmpty && this.wrong >= 0; }
  get sum() { return this.points.reduce((sum, points) => sum + points, 0); }
  get line() { return this.isEmpty || this.isOpen ? "" : `Points by demand: ${this.points.join(" + ")}.\n`; }

  /** Fill the fields from the comment, once nbgrader has loaded it. */
  load() {
    const points = this.comment.value.match(BY_DEMAND)?.[1].split(" + ") ?? [];
    if (points.length === this.fields.length) this.fields.forEach((field, index) => { field.value = points[index]; });
    this.tell();
  }

  /** Save the sum as the score, and the points in the comment. */
  save() {
    if (!this.isOpen) {
      if (!this.isEmpty) this.score.value = this.sum;
      this.send();
    }
    this.tell();
  }

  send() { $(this.score).add(this.comment).trigger("change"); }

  tell() {
    const differs = !this.isEmpty && !this.isOpen && Number(this.score.value) !== this.sum;
    this.state.classList.toggle("parity-look", failed || this.isOpen || differs);
    this.state.textContent = failed ? "Not saved: the server does not answer. To try again, press Ctrl+."
      : this.isEmpty ? "The sum of these points becomes the score, and the student sees all of them."
        : this.isOpen ? `Not saved yet: demand ${this.wrong + 1} needs from 0 to ${this.fields[this.wrong].dataset.worth} points, in quarters.`
          : differs ? `The score, ${this.score.value}, is not the sum of these points, ${this.sum}. The student sees the score alone.`
            : `The sum, ${this.sum}, is the score, and the student sees all points.`;
  }
}

const sections = [...document.querySelectorAll(".parity-answer")];
const answers = sections.filter(answer => answer.querySelector(".parity-rubric input")).map(answer => new Demands(answer));
const first = answer => [...document.querySelectorAll(".tabbable")].indexOf(answer.querySelector(".tabbable"));
document.querySelectorAll(".parity-head a").forEach((link, index) => { link.href = `?index=${first(sections[index])}`; });
// A page opens at its first written answer, and the keys for another submission lead to the same answer there.
if (!/[?&]index=[1-9]/.test(location.search)) history.replaceState(history.state, "", `?index=${first(sections[0])}`);
formgrader.scrollToLastSelected = () => {      // the browser has scrolled to the field already
  const answer = formgrader.last_selected[0].closest(".parity-answer");
  formgrader.setCurrentIndex(answer ? first(answer) : undefined);
  history.replaceState(history.state, "", formgrader.navigateTo(""));
};

$.ajaxSetup({ cache: false });      // the browser's Back would show earlier points
$(document).on("ajaxError", () => { failed = true; }).on("ajaxError ajaxStop", () => answers.forEach(answer => answer.tell()));
$(window).on("load", () => {
  formgrader.last_selected[0].closest(".parity-answer")?.scrollIntoView();
  $(document).one("ajaxStop", () => {
    for (const answer of answers) answer.load();
    document.activeElement.select?.();      // so that typing replaces points
  });
});

// What leads to another submission waits until everything is saved, and stays here if points are missing.
formgrader.save = go => {
  document.activeElement.blur();
  const open = answers.find(answer => answer.isOpen);
  if (open) return open.fields[open.wrong].select();
  if (failed) {     // the server may have stored a part
    failed = false;
    for (const answer of answers) answer.send();
  }
  const leave = () => $.active ? $(document).one("ajaxStop", leave) : failed || go();
  leave();
};
