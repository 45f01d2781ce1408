"""What teachers write for their lessons: scenarios pédagogiques, published with a licence, adapted, and put to use."""
