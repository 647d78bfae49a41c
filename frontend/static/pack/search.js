// Searches a pack from the disk: words.js, a plain script, holds what is searched, since pages of a
// disk may fetch nothing. Words are folded as forum/pack/words.py folds them.
(function () {
  "use strict";
  var MOST = 50;

  function folded(text) {
    return text.toLowerCase().normalize("NFD").replace(/\p{Mn}/gu, "");
  }

  function words(text) {
    return folded(text).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  }

  // 0 where a word is missing: all of them must be there, at least as beginnings.
  function score(row, asked) {
    var sum = 0;
    for (var i = 0; i < asked.length; i++) {
      var start = " " + asked[i];
      var found =
        (row.title.indexOf(start) >= 0 ? 8 : 0) +
        (row.tags.indexOf(start) >= 0 ? 4 : 0) +
        (row.words.indexOf(start) >= 0 ? 1 : 0);
      if (!found) return 0;
      sum += found;
    }
    return sum;
  }

  var rows = (window.PACK || []).map(function (row, place) {
    return {
      id: row[0],
      shown: row[1],
      title: " " + words(row[1]).join(" "),
      tags: " " + words(row[2]).join(" "),
      words: " " + row[3],
      place: place,
    };
  });
  var field = document.getElementById("q");
  var told = document.getElementById("found");
  var list = document.getElementById("hits");

  function search() {
    var asked = words(field.value);
    var hits = [];
    if (asked.length) {
      rows.forEach(function (row) {
        var points = score(row, asked);
        if (points) hits.push({ row: row, points: points });
      });
      hits.sort(function (a, b) {
        return b.points - a.points || a.row.place - b.row.place;
      });
    }
    list.textContent = "";
    told.textContent = "";
    if (!asked.length) return;
    told.textContent = hits.length ? told.dataset.some + " " + hits.length : told.dataset.none;
    hits.slice(0, MOST).forEach(function (hit) {
      var item = document.createElement("li");
      var link = document.createElement("a");
      link.href = "questions/" + hit.row.id + ".html";
      link.dir = "auto";
      link.textContent = hit.row.shown;
      item.appendChild(link);
      list.appendChild(item);
    });
  }

  document.getElementById("search").hidden = false;
  field.addEventListener("input", search);
  search();
})();
