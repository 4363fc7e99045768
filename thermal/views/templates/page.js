// Draws charts and scenes when they come near, and lets tables be sorted and searched. Without it all is still readable.
(function () {
  "use strict";
  var NARROW = 560; // [px] of a chart
  document.documentElement.classList.add("scripted");

  // ------------------------------------------------------------------ charts and scenes
  function draw(figure) {
    var live = figure.querySelector(".live");
    var drawing = JSON.parse(document.getElementById(figure.dataset.figure).textContent);
    var options = { responsive: true, displaylogo: false, showSendToCloud: false, scrollZoom: false,
      displayModeBar: window.matchMedia("(hover: hover)").matches ? "hover" : false,
      toImageButtonOptions: { format: "png", scale: 2, filename: live.id } };
    figure.classList.add("drawn");
    Plotly.newPlot(live, drawing.data, fitted(drawing.layout || {}, live.clientWidth), options).then(function () {
      return unclipped(live, 3);
    }).then(function () {
      figure.dataset.state = "drawn";
    }, function () {
      figure.classList.remove("drawn"); // the still picture stays
      figure.dataset.state = "failed";
    });
  }

  // The width is that of the box.
  function fitted(layout, width) {
    delete layout.width;
    layout.autosize = true;
    if (width < NARROW) {
      layout.font = Object.assign({}, layout.font, { size: 11 });
      if (layout.xaxis) sparse(layout.xaxis);
    }
    return layout;
  }

  // Every other tick where long numbers would meet.
  function sparse(axis) {
    var texts = axis.ticktext || [];
    var numbers = texts.every(function (text) { return /^[^\d[\]]{0,4}[\d.,]+\s?[^\d[\]]{0,3}$/.test(text); });
    if (!numbers) return;
    axis.tickangle = 0;
    axis.nticks = 4;
    if (texts.join("").length < 12) return;
    ["tickvals", "ticktext"].forEach(function (name) {
      axis[name] = axis[name].filter(function (one, place) { return place % 2 === 0; });
    });
  }

  // Values stand beside their bars; where the box is too narrow for them the axis takes in more.
  function unclipped(live, tries) {
    var axis = live.layout.xaxis;
    var plot = live.querySelector(".draglayer .nsewdrag");
    if (!tries || !axis || !axis.range || !plot || live.clientWidth >= NARROW) return null;
    var whole = live.getBoundingClientRect();
    var inner = plot.getBoundingClientRect();
    var over = 0, under = 0;
    live.querySelectorAll(".plot text, .annotation text").forEach(function (text) {
      var box = text.getBoundingClientRect();
      over = Math.max(over, box.right - whole.right + 2);
      under = Math.max(under, inner.left - box.left);
    });
    if (over < 1 && under < 1) return null;
    var span = axis.range[1] - axis.range[0];
    var room = Math.max(inner.width - over - under, 0.35 * inner.width);
    var range = [axis.range[0] - span * under / room, axis.range[1] + span * over / room];
    return Plotly.relayout(live, { "xaxis.range": range }).then(function () { return unclipped(live, tries - 1); });
  }

  // A wheel or a finger moves the page until the reader takes hold of the scene.
  function hold(canvas) {
    var card = canvas.closest(".card");
    var active = false;
    canvas.addEventListener("pointerdown", function () { active = true; });
    canvas.addEventListener("mouseleave", function () { active = false; });
    canvas.addEventListener("wheel", function (event) {
      if (!active && document.fullscreenElement !== card) event.stopPropagation();
    }, true);
    var grip = document.createElement("div"); // lies over the canvas where a finger is the pointer
    var button = makeButton("Turn in 3D", function () {
      button.textContent = grip.classList.toggle("held") ? "Done turning" : "Turn in 3D";
    });
    button.classList.add("take");
    grip.className = "grip";
    var stage = document.createElement("div");
    stage.className = "stage";
    canvas.parentNode.insertBefore(stage, canvas);
    stage.append(canvas, grip);
    card.querySelector(".head").appendChild(button);
  }

  function makeButton(text, act) {
    var button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.textContent = text;
    button.addEventListener("click", act);
    return button;
  }

  function enlarge(card) {
    if (!card.requestFullscreen) return;
    var button = makeButton("Enlarge", function () {
      if (document.fullscreenElement) document.exitFullscreen(); else card.requestFullscreen();
    });
    button.classList.add("enlarge");
    card.addEventListener("fullscreenchange", function () {
      button.textContent = document.fullscreenElement === card ? "Close" : "Enlarge";
      window.dispatchEvent(new Event("resize"));
    });
    card.appendChild(button);
  }

  if (window.Plotly) {
    document.querySelectorAll(".card").forEach(enlarge);
    document.querySelectorAll(".scene-canvas").forEach(hold);
    var near = new IntersectionObserver(function (entries) {
      entries.forEach(function (entry) {
        if (!entry.isIntersecting) return;
        near.unobserve(entry.target);
        draw(entry.target);
      });
    }, { rootMargin: "400px" });
    document.querySelectorAll("figure.chart").forEach(function (figure) { near.observe(figure); });
  }

  // ------------------------------------------------------------------ tables
  function sortable(table) {
    var body = table.tBodies[0];
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (head, column) {
      var button = document.createElement("span"); // a real button would be missing from the heads of later printed pages
      button.className = "sort";
      button.tabIndex = 0;
      button.setAttribute("role", "button");
      while (head.firstChild) button.appendChild(head.firstChild);
      head.appendChild(button);
      button.addEventListener("click", function () { sort(body, head, column); });
      button.addEventListener("keydown", function (event) {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        sort(body, head, column);
      });
    });
  }

  function sort(body, head, column) {
    var down = head.getAttribute("aria-sort") === "ascending";
    Array.prototype.forEach.call(head.parentNode.cells, function (other) { other.removeAttribute("aria-sort"); });
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    var rows = Array.prototype.slice.call(body.rows);
    rows.sort(function (a, b) { return order(a.cells[column], b.cells[column], down); });
    rows.forEach(function (row) { body.appendChild(row); });
  }

  // Numbers by value, texts by name with numbers inside by size; empty cells last in either direction.
  function order(a, b, down) {
    var x = a.dataset.value, y = b.dataset.value;
    var hollow = [a, b].map(function (cell) { return cell.textContent === "–" ? 1 : 0; });
    if (hollow[0] || hollow[1]) return hollow[0] - hollow[1];
    var sign = down ? -1 : 1;
    if (x !== undefined && y !== undefined) return sign * (Number(x) - Number(y));
    return sign * a.textContent.localeCompare(b.textContent, "en", { numeric: true });
  }

  function searchable(table, index) {
    var rows = Array.prototype.slice.call(table.tBodies[0].rows);
    var bar = document.createElement("div");
    var label = document.createElement("label");
    var input = document.createElement("input");
    var count = document.createElement("span");
    bar.className = "filter";
    input.type = "search";
    input.id = "filter-" + index;
    label.htmlFor = input.id;
    label.textContent = "Show rows with";
    count.setAttribute("role", "status");
    function apply() {
      var words = input.value.toLowerCase().split(/\s+/);
      var seen = 0;
      rows.forEach(function (row) {
        var text = row.textContent.toLowerCase();
        row.hidden = !words.every(function (word) { return text.indexOf(word) >= 0; });
        if (!row.hidden) seen += 1;
      });
      count.textContent = seen === rows.length ? rows.length + " rows" : seen + " of " + rows.length + " rows";
    }
    input.addEventListener("input", apply);
    apply();
    bar.append(label, input, count);
    table.closest(".table").insertBefore(bar, table.closest(".box"));
  }

  document.querySelectorAll("main table").forEach(function (table, index) {
    var rows = table.tBodies[0].rows.length;
    var inside = table.closest("details");
    if (rows >= 16 && !inside) sortable(table);
    if (rows >= 16 && !inside) searchable(table, index);
  });

  // A box that scrolls can be reached by keyboard.
  function reachable() {
    document.querySelectorAll(".box").forEach(function (box) {
      hint(box);
      var scrolls = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight;
      if (scrolls) {
        box.tabIndex = 0;
        box.setAttribute("role", "region");
        box.setAttribute("aria-label", "Table: " + box.querySelector("caption").textContent);
      } else {
        ["tabindex", "role", "aria-label"].forEach(function (name) { box.removeAttribute(name); });
      }
    });
  }
  // A shade on the right tells that there are more columns.
  function hint(box) {
    box.classList.toggle("more", box.scrollLeft + box.clientWidth < box.scrollWidth - 2);
  }
  document.querySelectorAll(".box").forEach(function (box) {
    box.addEventListener("scroll", function () { hint(box); }, { passive: true });
  });
  reachable();
  window.addEventListener("resize", reachable);

  // ------------------------------------------------------------------ contents
  var contents = document.querySelector("nav details");
  var folded = window.matchMedia("(max-width: 92rem)");
  function fold() { if (contents) contents.open = !folded.matches; }
  fold();
  folded.addEventListener("change", fold);
  if (contents) contents.addEventListener("click", function (event) { if (event.target.closest("a") && folded.matches) fold(); });
  if (contents) {
    var links = {};
    contents.querySelectorAll("a").forEach(function (link) { links[link.getAttribute("href").slice(1)] = link; });
    var spy = new IntersectionObserver(function (entries) {
      entries.forEach(function (entry) {
        if (!entry.isIntersecting) return;
        contents.querySelectorAll("a").forEach(function (link) { link.removeAttribute("aria-current"); });
        links[entry.target.id].setAttribute("aria-current", "true");
      });
    }, { rootMargin: "-10% 0px -80% 0px" });
    document.querySelectorAll("main > section").forEach(function (section) { spy.observe(section); });
  }
})();
