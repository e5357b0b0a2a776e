"use strict";
// Draws the charts: those in sight first, the others when there is time, all before printing.
(() => {
  const specs = JSON.parse(document.getElementById("charts").textContent);
  // Expressions are interpreted, not compiled: the page's policy allows no eval.
  const options = { ast: true, actions: false, renderer: "svg", tooltip: { disableDefaultStyle: true } };

  const draw = (plot) => {
    const select = plot.closest("figure").querySelector("select");
    const spec = specs[plot.dataset.figure][select ? Number(select.value) : 0];
    plot.dataset.drawn = "1";
    return vegaEmbed(plot, spec, options).catch((error) => {
      plot.dataset.failed = "1";
      plot.textContent = "This chart could not be drawn: " + error.message;
    });
  };

  const waiting = new Set(document.querySelectorAll(".plot"));
  const once = (plot) => {
    if (waiting.delete(plot)) draw(plot);
  };
  const later = (work) =>
    window.requestIdleCallback ? requestIdleCallback(work, { timeout: 300 }) : setTimeout(work, 50);
  const rest = () => {
    const [plot] = waiting;
    if (plot) {
      once(plot);
      later(rest);
    }
  };
  const sight = new IntersectionObserver(
    (entries) => entries.forEach((entry) => entry.isIntersecting && once(entry.target)),
    { rootMargin: "400px" },
  );
  waiting.forEach((plot) => sight.observe(plot));
  for (const select of document.querySelectorAll("figure select")) {
    const plot = select.closest("figure").querySelector(".plot");
    select.addEventListener("change", () => {
      waiting.delete(plot);
      draw(plot);
    });
  }
  later(rest);

  // Paper cannot be opened: what matters is open in print, and closed again afterwards.
  let opened = [];
  addEventListener("beforeprint", () => {
    waiting.forEach(once);
    opened = [...document.querySelectorAll("details.lineage, details.family, details.certificate")];
    opened = opened.filter((one) => !one.open);
    opened.forEach((one) => (one.open = true));
  });
  addEventListener("afterprint", () => opened.forEach((one) => (one.open = false)));

  if (navigator.clipboard) {
    for (const pre of document.querySelectorAll("pre:not(.mathematics)")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "copy";
      button.textContent = "copy";
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(pre.textContent);
        button.textContent = "copied";
        setTimeout(() => (button.textContent = "copy"), 1500);
      });
      pre.closest(".scroll").before(button);
    }
  }
})();
