"""which supporting documents families owe the school, received and checked."""
