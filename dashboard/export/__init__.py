"""What leaves the dashboard as a file: so far the Overview as one page for offline use."""
