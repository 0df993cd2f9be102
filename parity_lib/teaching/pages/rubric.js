// nbgrader's page begins at the field whose number is in its address, and its keys take that number along to the next
// hand-in. Opened without one, it begins at the first answer in words.
{
  const links = [...document.querySelectorAll(".parity-head a")];
  const fields = [...document.querySelectorAll(".tabbable")];
  for (const link of links) link.href = `?index=${fields.indexOf(document.getElementById(link.dataset.field))}`;
  if (!/[?&]index=/.test(location.search)) history.replaceState(history.state, "", links[0].href);
}

// Points that were given before arrive after the cursor: selected, so that what is typed takes their place.
window.addEventListener("load", () => {
  formgrader.grades.once("sync", () => {
    if (document.activeElement.matches("input.tabbable")) document.activeElement.select();
  });
});
