"""What leaves the dashboard as a file: one live HTML file, or a report to print."""
