/** Everything that runs on each page. Each module looks for its own data attributes. */
import "./server.js";
import { start as startLive } from "./live.js";
import { start as startTimes } from "./times.js";
import { start as startLists } from "./lists.js";
import { start as startPalette } from "./palette.js";
import { start as startComposer } from "./composer.js";
import { start as startCopies } from "./copies.js";
import { start as startFiles } from "./files.js";
import { start as startShell } from "./shell.js";
import { start as startProblems } from "./problems.js";
import { start as startScrollers } from "./scrollers.js";
import { start as startUpload } from "./upload.js";
import { start as startWaiting } from "./waiting.js";

for (const start of [
  startShell,
  startTimes,
  startLists,
  startPalette,
  startComposer,
  startCopies,
  startFiles,
  startProblems,
  startScrollers,
  startUpload,
  startWaiting,
  startLive,
]) {
  start();
}

// Keys and clicks are heard from here on; whoever drives the page from outside waits for it.
document.documentElement.dataset.ready = "";
