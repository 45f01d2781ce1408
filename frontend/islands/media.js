// A film or a sound: its speed, its keys, chapters and a transcript that lead into it. Without this, the browser's own player stays.
// Keys act only while the focus is in the figure, and never in a field or in the player itself, which has its own.

const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2];
const FIELDS = "select, input, textarea, summary";
const french = (speed) => String(speed).replace(".", ",");

function speeds(figure, player) {
  const choice = document.createElement("select");
  const label = document.createElement("label");
  choice.className = "ds-input";
  label.className = "media-speed";
  label.append(figure.dataset.speed, " ", choice);
  for (const speed of SPEEDS) {
    const name = speed === 1 ? figure.dataset.normal : `× ${french(speed)}`;
    choice.add(new Option(name, speed, speed === 1, speed === 1));
  }
  choice.addEventListener("change", () => (player.playbackRate = Number(choice.value)));
  player.addEventListener("ratechange", () => (choice.value = player.playbackRate));
  const tools = figure.querySelector("[data-media-tools]");
  tools.append(label);
  tools.hidden = false;
}

// What bears a time leads there: its hour becomes a button.
function ways(figure, player) {
  for (const place of figure.querySelectorAll("[data-at]")) {
    const hour = place.querySelector(".time");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "media-time time";
    button.textContent = hour.textContent;
    button.setAttribute("aria-label", `${figure.dataset.goto.replace("#", hour.textContent)} ${place.lastElementChild.textContent.slice(0, 60)}`);
    button.addEventListener("click", () => {
      player.currentTime = Number(place.dataset.at);
      player.play();
    });
    hour.replaceWith(button);
  }
}

// The passage that is being said is marked; the page does not move under whoever reads it.
function follow(figure, player) {
  const lists = [".media-chapters", ".media-words"].map((part) => [...figure.querySelectorAll(`${part} [data-at]`)]);
  player.addEventListener("timeupdate", () => {
    for (const places of lists) {
      const now = places.findLast((place) => Number(place.dataset.at) <= player.currentTime + 0.1);
      for (const place of places) place.toggleAttribute("data-now", place === now);
    }
  });
}

function keys(figure, player) {
  const step = (by) => {
    const near = SPEEDS.indexOf(player.playbackRate);
    player.playbackRate = SPEEDS[Math.min(Math.max(near + by, 0), SPEEDS.length - 1)] ?? 1;
  };
  const track = () => [...player.textTracks].find((one) => one.kind === "captions");
  const does = {
    k: () => (player.paused ? player.play() : player.pause()),
    j: () => (player.currentTime -= 10),
    l: () => (player.currentTime += 10),
    c: () => track() && (track().mode = track().mode === "showing" ? "hidden" : "showing"),
    m: () => (player.muted = !player.muted),
    "<": () => step(-1),
    ">": () => step(1),
  };
  figure.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest(FIELDS)) return;
    const act = does[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

function begin() {
  for (const figure of document.querySelectorAll("[data-media]:not([data-begun])")) {
    const player = figure.querySelector("video, audio");
    if (!player) continue;
    figure.setAttribute("data-begun", "");
    for (const give of [speeds, ways, follow, keys]) give(figure, player);
  }
}

begin();
document.addEventListener("htmx:afterSwap", begin);
