// What happens when the page loses its server. Blazor's own script tries again and tells this one how it goes; what the page
// shows stays readable meanwhile, and says since when it is old. Everything that matters stands in the address, so loading the
// page again, which a restarted server needs, leads back to the same place.
const bar = document.getElementById("components-reconnect-modal");
const [alert, lost, trying, failed, paused, retry] =
  ["alert", "lost", "trying", "failed", "paused", "retry"].map(name => bar.querySelector(`[data-${name}]`));

// Quick at first, for a hiccup; then every few seconds, for as long as it takes.
const waits = [0, 500, 1000, 2000, 3000];

bar.addEventListener("components-reconnect-state-changed", event => {
  switch (event.detail.state) {
    case "show":
      show(trying);
      break;
    case "hide":
      hide();
      break;
    case "failed":
      show(failed);
      reloadOnceItAnswers();
      break;
    case "paused":
      show(paused);
      break;
    case "rejected":
    case "resume-failed":
      // The server is back but has forgotten this page: a restart, most likely.
      location.reload();
      break;
  }
});

retry.addEventListener("click", async () => {
  try {
    // False means that the server answered and no longer knows this page.
    if (!await Blazor.reconnect() && !await Blazor.resumeCircuit()) {
      location.reload();
    }
  } catch {
    show(failed);
  }
});

// A browser slows down pages that nobody sees; once seen, they should not wait.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && !bar.hidden) {
    retry.click();
  }
});

function show(words) {
  if (bar.hidden) {
    // Put in now, so that it is read aloud.
    alert.replaceChildren(lost.content.cloneNode(true));
    alert.querySelector("[data-since]").textContent = document.querySelector("[data-stamp]")?.textContent ?? "";
    bar.hidden = false;
    document.documentElement.dataset.disconnected = "";
  }

  for (const part of [trying, failed, paused]) {
    part.hidden = part !== words;
  }
}

function hide() {
  bar.hidden = true;
  delete document.documentElement.dataset.disconnected;
}

async function reloadOnceItAnswers() {
  while (!bar.hidden) {
    await new Promise(resolve => setTimeout(resolve, 3000));
    try {
      if ((await fetch("/health/live", { cache: "no-store" })).ok) {
        location.reload();
        return;
      }
    } catch {
      // Not yet.
    }
  }
}

Blazor.start({
  circuit: {
    reconnectionOptions: { maxRetries: 10_000, retryIntervalMilliseconds: attempts => waits[Math.min(attempts, waits.length - 1)] },
  },
});
