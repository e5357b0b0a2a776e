"use strict";
// Draws the charts: those in sight first, the others when there is time, all before printing.
(() => {
  const { looks, figures } = JSON.parse(document.getElementById("charts").textContent);
  // Expressions are interpreted, not compiled: the page's policy allows no eval.
  const options = { config: looks, ast: true, actions: false, renderer: "svg", tooltip: { disableDefaultStyle: true } };

  const draw = (plot) => {
    const select = plot.closest("figure").querySelector("select");
    const spec = figures[plot.dataset.figure][select ? Number(select.value) : 0];
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

  // Code is coloured when it is opened. The longest comments and strings come first.
  const slashes = [String.raw`/\*[^]*?\*/|//.*`, String.raw`"(?:[^"\\\n]|\\.)*"|^\s*#\s*\w+`];
  const c = [...slashes, "const|double|else|extern|for|if|inline|int|long|return|size_t|sizeof|static|struct|uint64_t|unsigned|void|while"];
  const python = ["#.*", String.raw`"""[^]*?"""|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'`, "and|as|assert|class|def|elif|else|except|False|for|from|if|import|in|is|lambda|None|not|or|raise|return|True|try|while|with|yield"];
  const languages = {
    c, h: c, inc: c, py: python,
    tex: ["%.*", String.raw`\\[a-zA-Z]+`, "(?!)"],
    lean: [String.raw`/-[^]*?-/|--.*`, `"[^"]*"`, "by|def|else|fun|have|if|import|let|match|open|then|theorem|with"],
    gp: [String.raw`/\*[^]*?\*/|\\\\.*`, `"[^"]*"`, "for|if|local|my|return|while"],
  };
  const classes = ["comment", "string", "keyword", "figure"];
  const colour = (pre) => {
    const parts = languages[pre.dataset.kind];
    if (!parts || pre.childElementCount) return;
    const [comment, string, keyword] = parts;
    const number = String.raw`\b0x[0-9a-fA-F.]+(?:p[+-]?\d+)?|\b\d+\.?\d*(?:[eE][+-]?\d+)?`;
    const token = new RegExp(`(${comment})|(${string})|\\b(${keyword})\\b|(${number})`, "gm");
    const text = pre.textContent;
    const nodes = [];
    let end = 0;
    for (const match of text.matchAll(token)) {
      const span = document.createElement("span");
      span.className = classes[match.slice(1).findIndex((group) => group !== undefined)];
      span.textContent = match[0];
      nodes.push(text.slice(end, match.index), span);
      end = match.index + match[0].length;
    }
    pre.replaceChildren(...nodes, text.slice(end));
  };
  for (const one of document.querySelectorAll("details.language")) {
    const all = () => one.querySelectorAll("pre.code").forEach(colour);
    one.open ? all() : one.addEventListener("toggle", all);
  }

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
