"""What fine-tuning needs of torch and fastai; nothing here is imported to predict."""
