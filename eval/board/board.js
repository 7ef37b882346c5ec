// A comfort: the tables are complete without it. A click on a column's head sorts by it, a second one the other way round.
document.querySelectorAll("table.sort").forEach(function (table) {
  var heads = table.tHead.rows[0].cells, body = table.tBodies[0];
  Array.prototype.forEach.call(heads, function (head, column) {
    if (!head.textContent.trim()) return;
    head.setAttribute("role", "button");
    head.tabIndex = 0;
    function key(row) {
      var cell = row.cells[column], value = cell.dataset.v;
      return value === undefined ? cell.textContent.trim() : Number(value);
    }
    function sort() {
      var down = head.getAttribute("aria-sort") === "ascending", sign = down ? -1 : 1;
      Array.prototype.forEach.call(heads, function (other) { other.removeAttribute("aria-sort"); });
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      Array.prototype.slice.call(body.rows).sort(function (a, b) {
        var x = key(a), y = key(b);
        return sign * (typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y)));
      }).forEach(function (row) { body.appendChild(row); });
    }
    head.addEventListener("click", sort);
    head.addEventListener("keydown", function (event) { if (event.key === "Enter") sort(); });
  });
});
