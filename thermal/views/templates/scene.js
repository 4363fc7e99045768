// Draws the scenes of a page: figure as JSON beside each box, camera fitted to the box, a picture where nothing can draw.
(function () {
  "use strict";
  const HALF = Math.tan(Math.PI / 8), AIR = 1.02, ROUNDS = 24, NARROW = 640, SIDE = 112, LETTER = 7.8;

  function webgl() {
    try {
      const canvas = document.createElement("canvas");
      return Boolean(canvas.getContext("webgl") || canvas.getContext("experimental-webgl"));
    } catch (error) {
      return false;
    }
  }

  // Texts come once per piece with the number of faces or points that say them, coordinates as whole steps.
  function unpack(trace) {
    if (trace.text && trace.text.counts) {
      const long = [];
      trace.text.texts.forEach(function (text, piece) {
        for (let n = 0; n < trace.text.counts[piece]; n += 1) long.push(text);
      });
      trace.text = long;
    }
    ["x", "y", "z"].forEach(function (axis) {
      const packed = trace[axis];
      if (packed && packed.steps) trace[axis] = lengths(packed);
    });
    return trace;
  }

  function lengths(packed) {
    const bytes = Uint8Array.from(atob(packed.steps), function (letter) { return letter.charCodeAt(0); });
    const view = new DataView(bytes.buffer);
    const out = new Float32Array(bytes.length / 2);
    for (let n = 0; n < out.length; n += 1) out[n] = packed.low + packed.step * view.getUint16(2 * n, true);
    return out;
  }

  // As thermal.views.scene_camera has it: the box of the scene fills the picture and stands in its middle.
  function camera(meta, aspect, up) {
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
    const center = {}, eye = {};
    ["x", "y", "z"].forEach(function (name, i) {
      center[name] = middle[0] * meta.aside[i] + middle[1] * meta.above[i];
      eye[name] = center[name] + AIR * distance * meta.view[i];
    });
    return { center: center, eye: eye, up: up };
  }

  // letters of the longest line beside the scene on its right
  function lettering(layout) {
    const lines = layout.scene.annotations.filter(function (label) { return label.ax > 0; }).map(function (label) {
      return Math.max.apply(null, label.text.split("<br>").map(function (line) { return line.length; }));
    });
    return Math.max.apply(null, [0].concat(lines));
  }

  // the scene's width over its height, seen from far
  function slenderness(meta) {
    const sides = [1, 2].map(function (i) {
      return Math.max.apply(null, meta.corners.map(function (corner) { return Math.abs(corner[i]); }));
    });
    return sides[0] / Math.max(sides[1], 1e-9);
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
      const each = 74 / room;
      bars.forEach(function (name, number) {
        const bar = layout[name].colorbar;
        Object.assign(bar, { orientation: "h", x: 0.5, xanchor: "center", y: 1 - number * each, yanchor: "top",
          len: 0.94, thickness: 10, tickangle: 0 });
        bar.title = Object.assign({}, bar.title, { text: bar.title.text.replace(/<br>/g, " ") });
      });
      layout.scene.domain.y = [0, 1 - bars.length * each];
      room *= 1 - bars.length * each;
      const labels = Math.min(lettering(layout) * LETTER * 0.75, 0.4 * wide);
      layout.scene.domain.x = [0, 1 - labels / wide];
      wide -= labels;
      layout.scene.annotations.forEach(function (label) {
        label.ax = 18 * Math.sign(label.ax);
        label.ay = -20;
        label.font.size = 10;
        label.borderpad = 3;
      });
    } else if (bars.length) {
      const side = SIDE / wide;
      const labels = Math.max(lettering(layout) * LETTER + 5, 0) / wide;
      const domain = [side, 1 - side - 0.7 * labels];
      const share = domain[1] - domain[0], middle = (domain[0] + domain[1]) / 2;
      const scene = Math.min(1.25 * slenderness(layout.meta) * room / wide + 0.04, share);
      layout.coloraxis.colorbar.x = Math.min(middle + scene / 2 + side + labels, 1);
      if (layout.coloraxis2) layout.coloraxis2.colorbar.x = Math.max(middle - scene / 2 - side, 0);
      layout.scene.domain.x = domain;
      wide *= share;
    }
    layout.scene.camera = camera(layout.meta, wide / room, layout.scene.camera.up);
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
    window.Plotly.newPlot(box, data, arrange(figure.layout, box), options).then(function () {
      box.dataset.drawn = "yes";
    });
    new ResizeObserver(function () {
      if (box.clientWidth === width && box.clientHeight === height) return;
      if (!box.clientWidth || !box.clientHeight) return;
      width = box.clientWidth;
      height = box.clientHeight;
      window.Plotly.react(box, data, arrange(JSON.parse(original), box), options);
    }).observe(box);
  }

  function start() {
    const able = webgl();
    document.querySelectorAll(".scene-canvas").forEach(function (box) {
      const figure = box.closest(".scene");
      if (able) {
        figure.classList.add("scene-live");
        draw(box);
      } else {
        figure.classList.add("scene-still");
      }
    });
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
