// Chooses light or dark before the first paint, and remembers what somebody chose: one of the two, or to follow the device.
(() => {
  const key = "buatfilm-theme";
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;

  // Private windows may refuse storage; the device's choice still works then.
  const remembered = () => {
    try {
      const theme = localStorage.getItem(key);
      return theme === "dark" || theme === "light" ? theme : "system";
    } catch {
      return root.dataset.themeChosen ?? "system";
    }
  };

  const remember = choice => {
    root.dataset.themeChosen = choice;
    try {
      localStorage.setItem(key, choice);
    } catch {
      // Forgotten with the page.
    }
  };

  const press = () => {
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", button.dataset.themeChoice === remembered());
    }
  };

  const apply = () => {
    const choice = remembered();
    const theme = choice === "system" ? (system.matches ? "dark" : "light") : choice;
    if (root.dataset.theme !== theme) {
      root.dataset.theme = theme;
    }

    press();
  };

  apply();
  system.addEventListener("change", apply);

  // Another tab of the same browser changes along.
  window.addEventListener("storage", apply);

  // Blazor's navigation between static pages brings the element's attributes to what the server sent: nothing.
  new MutationObserver(apply).observe(root, { attributeFilter: ["data-theme"] });

  // The buttons come and go with the page; they are told which of them is pressed whenever they are about to be seen.
  document.addEventListener("beforetoggle", press, true);

  document.addEventListener("click", event => {
    const choice = event.target.closest("[data-theme-choice]");
    if (choice) {
      remember(choice.dataset.themeChoice);
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
