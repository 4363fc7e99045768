// Draws the scenes of a page when they come near: figure as JSON beside each box, camera fitted to it, a picture where nothing can draw.
(function () {
  "use strict";
  const HALF = Math.tan(Math.PI / 8), AIR = 1.02, ROUNDS = 24, NARROW = 640, SIDE = 112, LETTER = 7.8, SMALL = 5.2;

  function webgl() {
    try {
      const canvas = document.createElement("canvas");
      return Boolean(canvas.getContext("webgl") || canvas.getContext("experimental-webgl"));
    } catch (error) {
      return false;
    }
  }

  // Texts come once per piece with the number of faces or points that say them, numbers as whole steps.
  function unpack(trace) {
    if (trace.text && trace.text.counts) {
      const long = [];
      trace.text.texts.forEach(function (text, piece) {
        const lines = text.replace(/\n/g, "<br>");
        for (let n = 0; n < trace.text.counts[piece]; n += 1) long.push(lines);
      });
      trace.text = long;
    }
    ["x", "y", "z", "intensity"].forEach(function (axis) {
      const packed = trace[axis];
      if (packed && packed.steps) trace[axis] = numbers(packed);
    });
    return trace;
  }

  // the last step of all is a gap
  function numbers(packed) {
    const bytes = Uint8Array.from(atob(packed.steps), function (letter) { return letter.charCodeAt(0); });
    const view = new DataView(bytes.buffer);
    const out = new Float32Array(bytes.length / 2);
    for (let n = 0; n < out.length; n += 1) {
      const step = view.getUint16(2 * n, true);
      out[n] = step === 65535 ? NaN : packed.low + packed.step * step;
    }
    return out;
  }

  // As thermal.views.scenes.camera has it: the box of the scene fills the picture and stands in its middle.
  function framing(meta, aspect) {
    const middle = [0, 0];
    let distance = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      distance = Math.max.apply(null, meta.corners.map(function (corner) {
        return corner[0] + Math.max(Math.abs(corner[1] - middle[0]) / (HALF * aspect),
          Math.abs(corner[2] - middle[1]) / HALF);
      }));
      [0, 1].map(function (axis) {
        const seen = meta.corners.map(function (corner) {
          return (corner[axis + 1] - middle[axis]) / Math.max(distance - corner[0], 1e-6);
        });
        return 0.5 * distance * (Math.max.apply(null, seen) + Math.min.apply(null, seen)) / 2;
      }).forEach(function (step, axis) { middle[axis] += step; });
    }
    return { middle: middle, distance: AIR * distance };
  }

  function camera(meta, frame, up) {
    const center = {}, eye = {};
    ["x", "y", "z"].forEach(function (name, i) {
      center[name] = frame.middle[0] * meta.aside[i] + frame.middle[1] * meta.above[i];
      eye[name] = center[name] + frame.distance * meta.view[i];
    });
    return { center: center, eye: eye, up: up };
  }

  // Labels on one side of a scene `room` pixels high stand below each other, in the order of their points, and none
  // beyond the picture's sides.
  function spread(layout, frame, room) {
    const inner = layout.width - layout.margin.l - layout.margin.r;
    const centre = layout.margin.l + inner * (layout.scene.domain.x[0] + layout.scene.domain.x[1]) / 2;
    const labels = layout.scene.annotations.map(function (label, number) {
      const at = layout.meta.labels[number];
      const point = -(at[2] - frame.middle[1]) / (frame.distance - at[0]) / HALF * room / 2;
      const side = Math.sign(label.ax);
      const across = centre + (at[1] - frame.middle[0]) / (frame.distance - at[0]) / HALF * room / 2;
      const width = longest(label) * 0.5 * label.font.size + 2 * label.borderpad + 4;
      if (label.ax < 0) label.ax = Math.max(label.ax, width + 14 - across);
      else label.ax = Math.min(label.ax, layout.width - width - across);
      const height = label.text.split("<br>").length * 1.35 * label.font.size + 2 * label.borderpad + 8;
      const beside = side * label.ax > 0; // else it stands over its point
      return { label: label, side: side, point: point, middle: point + (beside ? label.ay : -height / 2 - 12), height: height };
    });
    [-1, 1].forEach(function (side) {
      const column = labels.filter(function (one) { return one.side === side; });
      column.sort(function (a, b) { return a.point - b.point; });
      let end = -room / 2;
      column.forEach(function (one) {
        one.middle = Math.max(one.middle, end + one.height / 2);
        end = one.middle + one.height / 2;
      });
      end = room / 2;
      column.reverse().forEach(function (one) {
        one.middle = Math.min(one.middle, end - one.height / 2);
        end = one.middle - one.height / 2;
        one.label.ay = one.middle - one.point;
      });
    });
  }

  // Ticks of a bar lying `length` pixels long that have room beside each other; the limit and the ends come first.
  function sparse(axis, length) {
    const bar = axis.colorbar, kept = [];
    const ticks = bar.tickvals.map(function (value, number) {
      const text = bar.ticktext[number];
      return { value: value, text: text, at: (value - axis.cmin) / (axis.cmax - axis.cmin) * length,
        half: text.replace(/<[^>]*>/g, "").length * LETTER / 2, first: /</.test(text) ? -1 : number };
    });
    ticks.forEach(function (tick, number) { if (number && tick.value === axis.cmax && tick.first > 0) tick.first = 0.5; });
    ticks.sort(function (a, b) { return a.first - b.first; }).forEach(function (tick) {
      if (kept.every(function (one) { return Math.abs(one.at - tick.at) > one.half + tick.half + 4; })) kept.push(tick);
    });
    bar.tickvals = kept.map(function (tick) { return tick.value; });
    bar.ticktext = kept.map(function (tick) { return tick.text; });
  }

  // letters of a label's longest line, and of those on one side of the scene: 1 its right, -1 its left
  function longest(label) {
    return Math.max.apply(null, label.text.split("<br>").map(function (line) { return line.length; }));
  }

  function lettering(layout, side) {
    const labels = layout.scene.annotations.filter(function (label) { return side * label.ax > 0; });
    return Math.max.apply(null, [0].concat(labels.map(longest)));
  }

  // the scene's width over its height, seen from far
  function slenderness(meta) {
    const sides = [1, 2].map(function (i) {
      return Math.max.apply(null, meta.corners.map(function (corner) { return Math.abs(corner[i]); }));
    });
    return sides[0] / Math.max(sides[1], 1e-9);
  }

  // The legend names a cooling unit too; on a phone its label would take the room of the scene.
  function withoutUnits(layout) {
    const kept = layout.scene.annotations.map(function (label) { return !/^cooling unit /.test(label.text); });
    const only = function (list) { return list.filter(function (_, number) { return kept[number]; }); };
    layout.meta.labels = only(layout.meta.labels);
    layout.scene.annotations = only(layout.scene.annotations);
  }

  // On a phone the bars lie above the scene, one below the other: beside it they would leave it no room. Elsewhere they
  // stand next to it, not at the far ends of a wide window.
  function arrange(layout, box) {
    layout.width = box.clientWidth;
    layout.height = box.clientHeight;
    layout.scene.annotations = layout.scene.annotations || [];
    const narrow = box.clientWidth < NARROW;
    const bars = ["coloraxis", "coloraxis2"].filter(function (name) { return layout[name]; });
    let room = box.clientHeight - layout.margin.t - layout.margin.b;
    let wide = box.clientWidth - layout.margin.l - layout.margin.r;
    if (narrow) {
      withoutUnits(layout);
      const each = 74 / room;
      bars.forEach(function (name, number) {
        const bar = layout[name].colorbar;
        Object.assign(bar, { orientation: "h", x: 0.5, xanchor: "center", y: 1 - number * each, yanchor: "top",
          len: 0.94, thickness: 10, tickangle: 0 });
        bar.title = Object.assign({}, bar.title, { text: bar.title.text.replace(/<br>/g, " ") });
        sparse(layout[name], 0.94 * wide);
      });
      layout.scene.domain.y = [0, 1 - bars.length * each];
      room *= 1 - bars.length * each;
      const labels = Math.min(lettering(layout, 1) * SMALL, 0.4 * wide);
      const before = Math.min(Math.max(lettering(layout, -1) * SMALL - 0.3 * wide, 0), 0.25 * wide);
      layout.scene.domain.x = [before / wide, 1 - labels / wide];
      wide -= labels + before;
      layout.scene.annotations.forEach(function (label) {
        label.ax = 18 * Math.sign(label.ax);
        label.ay = -20;
        label.font.size = 10;
        label.borderpad = 3;
      });
    } else if (bars.length) {
      const side = SIDE / wide;
      const labels = Math.max(lettering(layout, 1) * LETTER + 5, 0) / wide;
      const domain = [side, 1 - side - 0.7 * labels];
      const share = domain[1] - domain[0], middle = (domain[0] + domain[1]) / 2;
      const scene = Math.min(1.25 * slenderness(layout.meta) * room / wide + 0.04, share);
      layout.coloraxis.colorbar.x = Math.min(middle + scene / 2 + side + labels, 1);
      const before = 0.7 * lettering(layout, -1) * LETTER / wide;
      if (layout.coloraxis2) layout.coloraxis2.colorbar.x = Math.max(middle - scene / 2 - side - before, 0);
      layout.scene.domain.x = domain;
      wide *= share;
    }
    const frame = framing(layout.meta, wide / room);
    layout.scene.camera = camera(layout.meta, frame, layout.scene.camera.up);
    spread(layout, frame, room);
    return layout;
  }

  function draw(box) {
    const figure = JSON.parse(document.getElementById(box.dataset.figure).textContent);
    const original = JSON.stringify(figure.layout);
    const data = figure.data.map(unpack);
    const options = { responsive: false, displaylogo: false, showSendToCloud: false, scrollZoom: true, displayModeBar: box.clientWidth >= NARROW,
      toImageButtonOptions: { format: "png", scale: 2, filename: box.dataset.name || "scene" },
      modeBarButtonsToRemove: ["orbitRotation", "tableRotation", "resetCameraLastSave3d"] };
    let width = box.clientWidth, height = box.clientHeight;
    const fit = new ResizeObserver(function () {
      if (box.clientWidth === width && box.clientHeight === height) return;
      if (!box.clientWidth || !box.clientHeight) return;
      width = box.clientWidth;
      height = box.clientHeight;
      window.Plotly.react(box, data, arrange(JSON.parse(original), box), options);
    });
    return window.Plotly.newPlot(box, data, arrange(figure.layout, box), options).then(function () {
      box.dataset.drawn = "yes";
      fit.observe(box);
    });
  }

  // An empty box tells nothing: what could not be drawn gives way to its picture and a sentence.
  function giveUp(box) {
    const scene = box.closest(".scene"), pictured = scene.querySelector(".scene-picture");
    scene.classList.replace("scene-live", "scene-still");
    scene.querySelector(".scene-unable").textContent = pictured
      ? "The interactive scene could not be drawn here; this is a picture of it."
      : "The scene could not be drawn here; another browser may draw it.";
  }

  // A scene is drawn when it comes near, or when the page is printed; until then it costs nothing.
  function start() {
    const able = webgl();
    const waiting = new Set();
    function take(box) {
      if (!waiting.delete(box)) return;
      near.unobserve(box);
      new Promise(function (done) { done(draw(box)); }).catch(function () { giveUp(box); });
    }
    const near = new IntersectionObserver(function (entries) {
      entries.forEach(function (entry) { if (entry.isIntersecting) take(entry.target); });
    }, { rootMargin: "400px" });
    function everything() { Array.from(waiting).forEach(take); }
    document.querySelectorAll(".scene-canvas").forEach(function (box) {
      box.closest(".scene").classList.add(able ? "scene-live" : "scene-still");
      if (!able) return;
      waiting.add(box);
      near.observe(box);
    });
    const paper = window.matchMedia("print");
    if (paper.matches || document.documentElement.scrollHeight <= 2 * window.innerHeight) everything();
    paper.addEventListener("change", function () { if (paper.matches) everything(); });
    window.addEventListener("beforeprint", everything);
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
