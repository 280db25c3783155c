// Select2 names its box after what is chosen, so an empty one has no name for a screen reader:
// lend it the name of its label, or of its column in a table of rows.
"use strict";
(function () {
  function nameOf(select) {
    const label = document.querySelector('label[for="' + select.id + '"]');
    if (label) return label.textContent;
    const cell = select.closest("td");
    const head = cell && cell.closest("table").querySelectorAll("thead th")[cell.cellIndex];
    return head ? head.textContent : select.name;
  }
  function lendNames() {
    document.querySelectorAll("select.admin-autocomplete").forEach(function (select) {
      const container = select.nextElementSibling;
      if (!container) return;
      container.querySelectorAll("[role=combobox], [role=textbox]").forEach(function (box) {
        box.setAttribute("aria-label", nameOf(select).trim().replace(/:$/, ""));
        box.removeAttribute("aria-labelledby");
      });
    });
  }
  window.addEventListener("load", lendNames);
  document.addEventListener("formset:added", function () { setTimeout(lendNames); });
})();
