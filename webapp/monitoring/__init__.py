"""What a process tells about itself: whether it is fit for work, and figures for Prometheus."""
