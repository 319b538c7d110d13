// What happens when the page loses its server. Blazor's own script tries again and tells this one how it goes.
const dialog = document.getElementById("components-reconnect-modal");

dialog.addEventListener("components-reconnect-state-changed", event => {
  switch (event.detail.state) {
    case "show":
      if (!dialog.open) {
        dialog.showModal();
      }
      break;
    case "hide":
      dialog.close();
      break;
    case "failed":
      document.addEventListener("visibilitychange", reconnectWhenSeen);
      break;
    case "rejected":
      // The server is back but has forgotten this page: a restart, most likely.
      location.reload();
      break;
  }
});

// Escape would leave a page that looks alive and is not.
dialog.addEventListener("cancel", event => event.preventDefault());

document.getElementById("reconnect-retry").addEventListener("click", reconnect);
document.getElementById("reconnect-resume").addEventListener("click", resume);

async function reconnect() {
  document.removeEventListener("visibilitychange", reconnectWhenSeen);
  try {
    // False means that the server answered and no longer knows this page.
    if (!await Blazor.reconnect() && !await Blazor.resumeCircuit()) {
      location.reload();
      return;
    }

    dialog.close();
  } catch {
    document.addEventListener("visibilitychange", reconnectWhenSeen);
  }
}

async function resume() {
  try {
    if (!await Blazor.resumeCircuit()) {
      location.reload();
    }
  } catch {
    location.reload();
  }
}

async function reconnectWhenSeen() {
  if (document.visibilityState === "visible") {
    await reconnect();
  }
}
