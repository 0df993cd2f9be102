// nbgrader's keys keep the number of a field in the address when they open the next submission. If the address has no
// number, or that of the link "Next", which is 0, the page starts at the first written answer.
{
  const links = [...document.querySelectorAll(".parity-head a")];
  const fields = [...document.querySelectorAll(".tabbable")];
  for (const link of links) link.href = `?index=${fields.indexOf(document.getElementById(link.dataset.field))}`;
  if (!/[?&]index=[1-9]/.test(location.search)) history.replaceState(history.state, "", links[0].href);

  // Tab leads from the points of a written answer to its comment, then to the next answer, to the link "Next", and only
  // then to all other fields.
  const [next, ...others] = fields;
  const first = others.filter(field => field.matches(".parity-answer :not(.extra-credit)"));
  const order = [...first, next, ...others.filter(field => !first.includes(field))];
  const move = step => event => {
    event.preventDefault();
    const field = order.at((order.indexOf(formgrader.last_selected[0]) + step) % order.length);
    field.focus({ preventScroll: true });
    field.select?.();
  };
  formgrader.selectNextInput = move(1);
  formgrader.selectPrevInput = move(-1);
  // The link is always visible, so the page does not scroll to the top.
  const position = formgrader.getScrollPosition;
  formgrader.getScrollPosition = () => formgrader.last_selected[0] === next ? scrollY : position.call(formgrader);
}

// Earlier points arrive after the cursor. Select them, so that typing replaces them.
window.addEventListener("load", () => {
  formgrader.grades.once("sync", () => {
    if (document.activeElement.matches("input.tabbable")) document.activeElement.select();
  });
});
