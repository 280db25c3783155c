// Names for screen readers where Django's admin gives none: fields in a table of rows take the name
// of their column, and Select2's boxes, which are named after what is chosen, that of their label.
"use strict";
(function () {
  function nameOf(field) {
    const label = field.id && document.querySelector('label[for="' + field.id + '"]');
    if (label) return label.textContent;
    const cell = field.closest("td");
    const head = cell && cell.closest("table").querySelectorAll("thead th")[cell.cellIndex];
    return head ? head.textContent : field.name;
  }
  function lendNames() {
    document.querySelectorAll(".tabular td input, .tabular td select").forEach(function (field) {
      if (field.type !== "hidden") lend(field, field);
    });
    document.querySelectorAll("select.admin-autocomplete").forEach(function (select) {
      const container = select.nextElementSibling;
      if (!container) return;
      container
        .querySelectorAll("[role=combobox], [role=textbox], [role=searchbox]")
        .forEach(function (box) { lend(box, select); });
    });
  }
  function lend(box, field) {
    box.setAttribute("aria-label", nameOf(field).trim().replace(/[:?]$/, ""));
    box.removeAttribute("aria-labelledby");
  }
  // After Select2, which starts when jQuery says the page is ready.
  if (window.django && window.django.jQuery) window.django.jQuery(lendNames);
  window.addEventListener("load", function () { setTimeout(lendNames); });
  document.addEventListener("formset:added", function () { setTimeout(lendNames); });
})();
