"""Decides how a video reads as a page: complete without JavaScript, under the site's own shell."""

from newsreel.pages.video import Place, render_missing, render_video, render_withdrawn

__all__ = ["Place", "render_missing", "render_video", "render_withdrawn"]
