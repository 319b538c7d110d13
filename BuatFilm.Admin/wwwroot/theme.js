// Chooses light or dark before the first paint, and remembers the choice of whoever presses the button.
(() => {
  const key = "buatfilm-theme";
  const system = window.matchMedia("(prefers-color-scheme: dark)");

  // Private windows may refuse storage; the system's choice still works then.
  const remembered = () => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };

  const remember = theme => {
    try {
      localStorage.setItem(key, theme);
    } catch {
      // Forgotten with the page.
    }
  };

  const apply = () => {
    const theme = remembered() ?? (system.matches ? "dark" : "light");
    if (document.documentElement.dataset.theme !== theme) {
      document.documentElement.dataset.theme = theme;
    }
  };

  apply();
  system.addEventListener("change", apply);

  // Another tab of the same browser changes along.
  window.addEventListener("storage", apply);

  // Blazor's navigation between static pages brings the element's attributes to what the server sent: nothing.
  new MutationObserver(apply).observe(document.documentElement, { attributeFilter: ["data-theme"] });

  document.addEventListener("click", event => {
    if (event.target.closest("[data-theme-toggle]")) {
      remember(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
      apply();
      return;
    }

    // A link to a fragment scrolls; people with a keyboard need the focus there too.
    const skip = event.target.closest("[data-skip]");
    if (skip) {
      event.preventDefault();
      document.getElementById(skip.dataset.skip)?.focus();
    }
  });
})();
