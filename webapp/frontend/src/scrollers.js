/** Frames that scroll sideways: a shadow at each edge behind which there is more. */

export function start() {
  for (const scroller of document.querySelectorAll("[data-scroller]")) {
    const frame = scroller.querySelector(".scroll-x");
    const look = () => {
      const at = Math.abs(frame.scrollLeft); // it counts down from 0 where text runs to the left
      scroller.toggleAttribute("data-before", at > 1);
      scroller.toggleAttribute("data-after", at + frame.clientWidth < frame.scrollWidth - 1);
    };
    frame.addEventListener("scroll", look, { passive: true });
    new ResizeObserver(look).observe(frame);
    look();
  }
}
