"""What Segment's and RudderStack's libraries speak, and our own tracker: JSON events, alone or in batches."""

from polku.capture.protocols.segment.protocol import segment

__all__ = ["segment"]
