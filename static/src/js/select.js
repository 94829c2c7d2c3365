// A searchable choice for long lists: <select data-search>. The plain select stays in the form and keeps the value.
import TomSelect from "tom-select/base";
import { word } from "./words.js";

export function enhance(element) {
  // The label moves on to the search field; the select behind it keeps a name of its own.
  element.setAttribute("aria-label", element.labels[0]?.textContent.trim() ?? element.name);
  const choice = new TomSelect(element, {
    create: false,
    maxOptions: 200,
    copyClassesToDropdown: false,
    render: {
      no_results: () => {
        const box = document.createElement("div");
        box.className = "no-results";
        box.textContent = word("nothingFound");
        return box;
      }
    }
  });
  choice.control_input.setAttribute("autocomplete", "off");
}
