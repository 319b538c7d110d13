// What only the browser can do for the pages. Those with a circuit call window.buatfilm; the rest listens by itself.
(() => {
  const barHeight = () => document.querySelector(".bar")?.offsetHeight ?? 0;

  window.buatfilm = {
    markLive() {
      document.documentElement.dataset.live = "";
    },

    // Rows must not move while somebody has scrolled into the list, points into it, or has the focus in it.
    isReading(list) {
      const body = list?.querySelector("tbody");
      return !!body && (list.getBoundingClientRect().top < barHeight() - 40 || body.matches(":hover") || body.contains(document.activeElement));
    },

    focus(element) {
      element?.focus({ preventScroll: true });
      element?.scrollIntoView({ block: "nearest" });
    },

    focusRow(list, key) {
      list?.querySelector(`tr[data-key="${CSS.escape(key)}"] [data-row-link]`)?.focus();
    },

    scrollTo(element) {
      if (element) {
        window.scrollTo({ top: element.getBoundingClientRect().top + window.scrollY - barHeight() - 16 });
      }
    },

    showDialog(dialog) {
      if (dialog && !dialog.open) {
        dialog.showModal();
        dialog.querySelector("textarea, input, [data-cancel]")?.focus();
      }
    },

    closeDialog(dialog) {
      dialog?.close();
    },

    async download(name, type, content) {
      const address = URL.createObjectURL(new Blob([await content.arrayBuffer()], { type }));
      const link = document.createElement("a");
      link.href = address;
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
    },
  };

  // Says something without asking the server; the region is the one that the server's announcements use.
  const say = text => {
    const region = document.querySelector("[data-say]");
    if (region) {
      region.textContent = "";
      setTimeout(() => region.textContent = text, 50);
    }
  };

  // Signing out in one tab ends what the others show.
  const leftKey = "buatfilm-left";
  window.addEventListener("storage", event => {
    if (event.key === leftKey && !location.pathname.startsWith("/account/")) {
      location.reload();
    }
  });

  if (document.querySelector("[data-done=left], [data-done=ended]")) {
    try {
      localStorage.setItem(leftKey, Date.now());
    } catch {
      // Private windows may refuse storage; the others then lead to the sign-in at their next request.
    }
  }

  document.addEventListener("click", async event => {
    const show = event.target.closest("[data-show-password]");
    if (show) {
      const field = document.getElementById(show.dataset.showPassword);
      field.type = field.type === "password" ? "text" : "password";
      show.setAttribute("aria-pressed", field.type === "text");
      return;
    }

    const copy = event.target.closest("[data-copy]");
    if (copy) {
      try {
        await navigator.clipboard.writeText(copy.dataset.copy);
        copy.dataset.done = "";
        setTimeout(() => delete copy.dataset.done, 1500);
        say(copy.dataset.copied);
      } catch {
        // No clipboard without a secure connection: select by hand.
      }

      return;
    }

    const link = event.target.closest("a[href]");
    if (link) {
      // A language leads back to where one is now, with the filters of the moment.
      const language = new URL(link.href, document.baseURI);
      if (language.pathname === "/culture") {
        language.searchParams.set("back", location.pathname + location.search);
        link.href = language.href;
      }

      const popover = link.closest("[popover]");
      if (popover?.matches(":popover-open")) {
        popover.hidePopover();
      }
    }
  });

  // In a list, the arrows and j/k go from row to row; only while the focus is in one, and never in a field.
  document.addEventListener("keydown", event => {
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    const control = event.target.closest?.(".list-table tbody :is([data-row-link], input[type=checkbox])");
    if (!step || !control || event.altKey || event.ctrlKey || event.metaKey) {
      return;
    }

    const same = control.matches("[data-row-link]") ? "[data-row-link]" : "input[type=checkbox]";
    for (let row = control.closest("tr"); row; row = step > 0 ? row.nextElementSibling : row.previousElementSibling) {
      const next = row.querySelector(`${same}:not(:disabled)`);
      if (next && next !== control) {
        next.focus();
        event.preventDefault();
        return;
      }
    }
  });
})();
